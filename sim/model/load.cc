#include "sim/model/load.h"

#include <limits>
#include <string>
#include <utility>

#include "sim/model/characters.h"
#include "sim/model/checks.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/files.h"
#include "sim/model/input_files.h"
#include "sim/model/matrices.h"
#include "sim/model/parse.h"
#include "sim/model/read_chip.h"
#include "sim/model/read_compare.h"
#include "sim/model/read_network.h"
#include "sim/model/read_pace.h"
#include "sim/model/read_record.h"
#include "sim/model/read_rules.h"
#include "sim/model/read_task.h"
#include "sim/model/set_fields.h"

namespace locus {
namespace {

BasesSpec read_bases(v1::Bases& message, const FieldPath& where, Reading& reading) {
  BasesSpec bases;
  if (message.has_u()) bases.u = read_dense(*message.mutable_u(), where.at("u"), reading);
  if (message.has_p()) bases.p = read_dense(*message.mutable_p(), where.at("p"), reading);
  if (message.has_v()) bases.v = read_dense(*message.mutable_v(), where.at("v"), reading);
  return bases;
}

/// The folder of the files beside a model; a stream has the present one.
std::filesystem::path folder_of(const std::filesystem::path& path) {
  return is_stream(path) ? std::filesystem::path() : path.parent_path();
}

/// The name of a model that gives none; of a path that is no UTF-8, with its bytes as escapes.
std::string name_of(const std::filesystem::path& path) {
  return path.string() == kStandardInput ? "stdin" : printable(path.stem().string());
}

/// The meaning of a message; good only if no fault was added. `opened` gets the files beside it.
Spec read_model(v1::Model& message, const std::filesystem::path& path, std::span<const Setting> settings,
                CarriedFiles* carried, WireArrays& arrays, std::vector<OpenedFile>& opened, FaultList& faults) {
  const FieldPath root;
  Reading reading = {folder_of(path), faults, carried, &arrays, &opened, settings};
  Spec spec;
  spec.path = path.string();
  spec.name = message.name().empty() ? name_of(path) : message.name();
  spec.seed = message.seed();
  spec.precision = message.precision() == v1::Model::FLOAT32 ? Precision::kFloat32 : Precision::kFloat64;
  const v1::Training& training = message.training();
  spec.training = read_training(training, root.at("training"), faults);
  if (!message.has_network()) {  // nothing else has a meaning without it
    faults.error(root.at("network"), "is missing", "must be given");
    check_training(spec.training, false, faults);
    return spec;
  }
  spec.network = read_network(*message.mutable_network(), root.at("network"), reading);
  spec.task = read_task(*message.mutable_task(), spec.network, root.at("task"), training, spec.training, reading);
  read_pace(training, spec.task, root.at("training"), spec.training, faults);
  spec.rules = read_rules(*message.mutable_rules(), spec.network, spec.training, root, reading);
  read_average(message, spec.training, faults);
  if (message.has_bases()) spec.bases = read_bases(*message.mutable_bases(), root.at("bases"), reading);
  if (message.has_chip()) spec.chip = read_chip(message.chip(), root.at("chip"), reading);
  if (message.has_compare()) spec.compare = read_compare(message.compare(), spec, root.at("compare"), faults);
  spec.records = read_records(message.record(), spec, root, faults);
  check_model(spec, Purpose::kRun, faults);
  if (!faults.has_errors()) settle_sparse(spec);
  return spec;
}

struct Examined {
  Spec spec;
  std::vector<OpenedFile> opened;
  std::vector<Fault> faults;
};

Examined examine(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings = {},
                 CarriedFiles* carried = nullptr) {
  Examined examined;
  FaultList faults;
  const std::optional<Format> format = format_of(path, bytes);
  std::optional<std::string_view> text;
  if (!format) {
    faults.error({}, "is named like no model", known_extensions());
  } else {
    v1::Model message;
    WireArrays arrays;
    // a setting may reach into an array
    WireArrays* const taken = settings.empty() ? &arrays : nullptr;
    if (format == Format::kText) text = bytes;
    if (text ? parse_text(bytes, message, faults) : parse_wire(bytes, message, faults, taken)) {
      set_fields(settings, message);
      examined.spec = read_model(message, path, settings, carried, arrays, examined.opened, faults);
    }
    for (const Setting& setting : settings) examined.spec.settings.push_back(setting.text());
  }
  examined.faults = faults.placed(path.string(), text);
  return examined;
}

/// Keeps the files that a valid model names.
void keep_files(CarriedFiles& carried) {
  for (const auto& [name, path] : std::exchange(carried.named, {}))
    carried.bytes[name] = read_file(path, std::numeric_limits<std::int64_t>::max());
}

}  // namespace

Spec load(const std::filesystem::path& path) {
  std::vector<Fault> warnings;
  return load(path, warnings);
}

Spec load(const std::filesystem::path& path, std::vector<Fault>& warnings) {
  return load_bytes(read_file(path), path, warnings);
}

Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::vector<Fault>& warnings) {
  return load_bytes(bytes, path, {}, warnings);
}

Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings,
                std::vector<Fault>& warnings, CarriedFiles* carried) {
  Examined examined = examine(bytes, path, settings, carried);
  if (has_error(examined.faults)) throw ModelError(std::move(examined.faults));
  if (carried != nullptr) keep_files(*carried);
  examined.spec.inputs = input_files(bytes, examined.opened, carried);
  examined.spec.sha256 = model_sha256(examined.spec.inputs);
  warnings = std::move(examined.faults);
  return std::move(examined.spec);
}

std::vector<Fault> validate(const std::filesystem::path& path) { return validate_bytes(read_file(path), path); }

std::vector<Fault> validate_bytes(std::string_view bytes, const std::filesystem::path& path) {
  Examined examined = examine(bytes, path);
  if (!has_error(examined.faults) && examined.spec.rules.empty()) {
    examined.faults.push_back({.severity = Severity::kWarning,
                               .file = path.string(),
                               .what = "names no rules",
                               .allowed = "a run must name some itself"});
  }
  return std::move(examined.faults);
}

}  // namespace locus
