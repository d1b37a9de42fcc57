#include "sim/report/learnt_weights.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/read_result.h"
#include "sim/report/weights_file.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, std::string what, std::string allowed) {
  throw ModelError({{.file = path.string(), .what = std::move(what), .allowed = std::move(allowed)}});
}

std::string bytes_at(const fs::path& file) { return read_file(file, std::numeric_limits<std::int64_t>::max()); }

/// The bytes of the file that holds these weights (weights_file.h).
std::string file_bytes(const ProjectionWeights& weights) {
  return text_of([&](Output& to) { write_weights(weights, to); });
}

/// The bytes of the file for one projection of a result.
std::string bytes_of(const v1::ProjectionWeights& weights, const fs::path& folder) {
  if (weights.has_file()) {
    const fs::path file = fs::path(weights.file()).lexically_normal();
    if (file.empty() || file.is_absolute() || *file.begin() == "..")
      refuse(folder, "names " + weights.file() + " as its weights", "must be a file inside of it");
    return bytes_at(folder / file);
  }
  if (weights.has_matrix()) {
    const v1::Matrix& matrix = weights.matrix();
    return file_bytes({weights.projection(),
                       DenseMatrix{matrix.rows(), matrix.cols(), {matrix.values().begin(), matrix.values().end()}}});
  }
  const v1::SparseMatrix& sparse = weights.sparse();
  return file_bytes({weights.projection(), SparseMatrix{sparse.rows(),
                                                        sparse.cols(),
                                                        {sparse.row().begin(), sparse.row().end()},
                                                        {sparse.col().begin(), sparse.col().end()},
                                                        {sparse.values().begin(), sparse.values().end()}}});
}

WeightFiles of_result(const LearntSource& source) {
  const v1::Result result = read_result(source.path);
  std::vector<std::string> rules;
  for (const v1::Run& run : result.runs()) rules.push_back(run.rule());
  const v1::Run& run = result.runs(static_cast<int>(index_of_rule(source, rules)));
  WeightFiles files;
  const fs::path folder = result_file(source.path).parent_path();
  for (const v1::ProjectionWeights& weights : run.weights())
    files[weights.projection()] = bytes_of(weights, folder.empty() ? "." : folder);
  return files;
}

WeightFiles of_folder(const LearntSource& source, const NetworkSpec& network) {
  WeightFiles files;
  std::error_code error;
  for (const ProjectionSpec& projection : network.projections) {
    for (const char* extension : {".npy", ".blocks"}) {
      const fs::path file = source.path / (file_name(projection.name) + extension);
      if (!fs::exists(file, error)) continue;
      std::string& bytes = files[projection.name] = bytes_at(file);
      if (file.extension() == ".npy" && !bytes.starts_with("\x93NUMPY"))
        refuse(file, "is no .npy file", "must begin as NumPy's save writes it");
    }
  }
  if (files.empty()) {
    refuse(source.path, "holds no weights of the model's projections",
           "must be the folder of a result (result.binpb), or one of PROJECTION.npy files");
  }
  if (!source.rule.empty())
    refuse(source.path, "is a folder of weights without rules", "must be given without :" + source.rule);
  return files;
}

}  // namespace

LearntSource learnt_source(const std::string& text) {
  std::error_code error;
  for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1)) {
    if (fs::exists(text, error)) break;
    if (fs::exists(text.substr(0, colon), error)) return {text.substr(0, colon), text.substr(colon + 1)};
  }
  return {text, ""};
}

bool is_checkpoint(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::array<char, 8> magic = {};
  std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
  return std::string_view(magic.data(), magic.size()) == "\x89locus\r\n";
}

std::size_t index_of_rule(const LearntSource& source, const std::vector<std::string>& rules) {
  if (source.rule.empty() && rules.size() == 1) return 0;
  const auto found = std::ranges::find(rules, source.rule);
  if (found != rules.end()) return static_cast<std::size_t>(found - rules.begin());
  if (rules.empty()) refuse(source.path, "holds no rule", "must hold the weights of one");
  refuse(source.path,
         source.rule.empty() ? fmt::format("holds {} rules", rules.size()) : fmt::format("holds no rule {}", source.rule),
         fmt::format("must be followed by :RULE, one of {}", fmt::join(rules, ", ")));
}

WeightFiles read_learnt_weights(const LearntSource& source, const NetworkSpec& network) {
  std::error_code error;
  const bool holds_result =
      fs::exists(source.path / "result.binpb", error) || fs::exists(source.path / "result.json", error);
  return fs::is_directory(source.path, error) && !holds_result ? of_folder(source, network) : of_result(source);
}

WeightFiles files_of(const std::vector<ProjectionWeights>& weights) {
  WeightFiles files;
  for (const ProjectionWeights& one : weights) files[one.projection] = file_bytes(one);
  return files;
}

}  // namespace locus
