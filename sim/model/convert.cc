#include "sim/model/convert.h"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include "core/base/check.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/parse.h"
#include "sim/model/set_fields.h"

namespace locus {
namespace {

constexpr const char* kTextHead = "# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n";

[[noreturn]] void refuse(const std::filesystem::path& path, std::string what, std::string allowed) {
  throw ModelError({{Severity::kError, path.string(), 0, 0, "", std::move(what), std::move(allowed), "", 0}});
}

std::string wire_bytes(const v1::Model& model, const std::filesystem::path& out) {
  if (model.ByteSizeLong() > static_cast<std::size_t>(kLargestMessage))
    refuse(out, "would be larger than one protobuf message can be", "put weights into files beside the model");
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    CHECK(model.SerializeToCodedStream(&coded), "a message in memory can be written to memory");
  }
  return bytes;
}

std::string text_bytes(const v1::Model& model) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseShortRepeatedPrimitives(true);  // values: [1, 2], not a line a number
  printer.SetUseUtf8StringEscaping(true);
  std::string text = kTextHead;
  google::protobuf::io::StringOutputStream stream(&text);
  // A StringOutputStream goes on behind what is there.
  CHECK(printer.Print(model, &stream), "a message in memory can be printed to memory");
  return text;
}

v1::Model parsed(std::string_view bytes, Format format, const std::filesystem::path& path) {
  v1::Model model;
  FaultList faults;
  const bool whole = format == Format::kText ? parse_text(bytes, model, faults) : parse_wire(bytes, model, faults);
  if (!whole || faults.has_errors()) {
    throw ModelError(
        faults.placed(path.string(), format == Format::kText ? std::optional<std::string_view>(bytes) : std::nullopt));
  }
  return model;
}

}  // namespace

void convert(const std::filesystem::path& in, const std::filesystem::path& out) {
  const std::optional<Format> to = format_of(out);
  if (!format_of(in) && !is_stream(in)) refuse(in, "is named like no model", known_extensions());
  if (!to) throw UsageError(fmt::format("{}: is named like no model; {}", out.string(), known_extensions()));
  const std::string given = read_file(in);
  const v1::Model model = parsed(given, *format_of(in, given), in);
  const std::string wire = wire_bytes(model, out);
  const std::string bytes = *to == Format::kText ? text_bytes(model) : wire;
  if (bytes.size() > static_cast<std::size_t>(kLargestMessage))
    refuse(out, "would be larger than one protobuf message can be", "put weights into files beside the model");
  if (*to == Format::kText && wire_bytes(parsed(bytes, *to, out), out) != wire) {
    refuse(in, "holds a number that text cannot carry exactly", "such as one that is no number, with a payload");
  }
  write_file_whole(out, bytes);
}

std::string wire_form(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings) {
  const std::optional<Format> format = format_of(path, bytes);
  if (!format) refuse(path, "is named like no model", known_extensions());
  v1::Model model = parsed(bytes, *format, path);
  set_fields(settings, model);
  return wire_bytes(model, path);
}

}  // namespace locus
