// (f) Loading: a model of 10,000 neurons and 10^7 synapses in wire form, compressed by rows and by
// coordinates, and weights of 2 GiB in blocks.
//
// Goals: rows and blocks within three times of reading the bytes into memory, coordinates within
// three times of protobuf's own parse; the goal of the ratio is therefore 1/3. All files are in the
// page cache, because they have just been written. Rate: bytes/s of processor time.
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <unistd.h>

#include <google/protobuf/util/delimited_message_util.h>
#include <sys/mman.h>

#include "core/base/random.h"
#include "locus/v1/model.pb.h"
#include "sim/model/load.h"
#include "tests/bench/compare.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kUnits = 10'000;
constexpr std::int32_t kFan = 1'000;  // synapses of a row of W

/// A folder of files, removed at its end.
class Files {
 public:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "locus-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::filesystem::filesystem_error("no folder", name, std::error_code());
    folder_ = name;
  }
  ~Files() { std::filesystem::remove_all(folder_); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  std::filesystem::path path(const char* name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

/// Reads a file into its own new memory and returns its bytes. New memory is the realistic case,
/// because a program loads at its start: malloc may reuse memory of other benchmarks, and reading
/// into that is about fifteen times as fast, because it needs no new pages.
double read_bytes(const std::filesystem::path& path) {
  const auto size = static_cast<std::size_t>(std::filesystem::file_size(path));
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::size_t read = 0;
  for (ssize_t got = 0; (got = ::read(file, static_cast<char*>(memory) + read, size - read)) > 0;)
    read += static_cast<std::size_t>(got);
  ::close(file);
  ::munmap(memory, size);
  return static_cast<double>(read);
}

/// Everything except the weights of W.
v1::Model small_parts(std::int32_t units) {
  v1::Model model;
  model.set_name("loading");
  v1::Network& network = *model.mutable_network();
  const auto population = [&](const char* name, std::int32_t size) -> v1::Population& {
    v1::Population& added = *network.add_populations();
    added.set_name(name);
    added.set_size(size);
    return added;
  };
  population("in", 1).mutable_input();
  population("rec", units).mutable_rate();
  population("out", 1).mutable_readout();
  const auto projection = [&](const char* name, const char* source, const char* target) -> v1::Weights& {
    v1::Projection& added = *network.add_projections();
    added.set_name(name);
    added.set_source(source);
    added.set_target(target);
    return *added.mutable_weights();
  };
  projection("W", "rec", "rec");
  projection("B", "in", "rec").mutable_constant()->set_value(1);
  projection("A", "rec", "out").mutable_constant()->set_value(1);
  v1::Trial& trial = *model.mutable_task()->mutable_recorded()->add_trials();
  for (v1::Matrix* matrix : {trial.mutable_input(), trial.mutable_target()}) {
    matrix->set_rows(1);
    matrix->set_cols(1);
    matrix->add_values(1);
  }
  model.mutable_training()->set_learning_rate(0.1);
  v1::Rule& rule = *model.add_rules();
  rule.set_name("none");
  rule.mutable_none();
  return model;
}

std::vector<double> drawn(std::size_t size) {
  std::vector<double> values(size);
  fill_normal(random_key(1, "bench/loading"), 0, 0, 1, values);
  return values;
}

/// The column of the k-th synapse of a row: ascending and all different.
std::int32_t column_of(std::int32_t row, std::int32_t k) { return k * (kUnits / kFan) + row % (kUnits / kFan); }

template <class Sparse>
void fill_sparse(Sparse& matrix) {
  matrix.set_rows(kUnits);
  matrix.set_cols(kUnits);
  for (std::int32_t i = 0; i < kUnits; ++i) {
    for (std::int32_t k = 0; k < kFan; ++k) matrix.add_col(column_of(i, k));
  }
  const std::vector<double> values = drawn(std::size_t{kUnits} * kFan);
  matrix.mutable_values()->Add(values.begin(), values.end());
}

void write(const v1::Model& model, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  model.SerializeToOstream(&file);
}

/// Loads the model, checks its contents, and returns the bytes of its file, as the limit does.
double load_model(const std::filesystem::path& path) {
  const Spec spec = load(path);
  const auto* weights = std::get_if<SparseMatrix>(&spec.network.projections[0].weights);
  const bool whole = weights != nullptr && weights->values.size() == std::size_t{kUnits} * kFan;
  return whole ? static_cast<double>(std::filesystem::file_size(path)) : -1;
}

void rows(benchmark::State& state) {
  const Files files;
  const std::filesystem::path path = files.path("rows.binpb");
  {
    v1::Model model = small_parts(kUnits);
    v1::CsrMatrix& matrix = *model.mutable_network()->mutable_projections(0)->mutable_weights()->mutable_csr();
    fill_sparse(matrix);
    for (std::int32_t i = 0; i <= kUnits; ++i) matrix.add_offset(std::int64_t{i} * kFan);
    write(model, path);
  }
  const double bytes = static_cast<double>(std::filesystem::file_size(path));
  compare(
      state, {"bytes", bytes, 1.0 / 3}, [&] { return load_model(path); }, [&] { return read_bytes(path); });
}

void coordinates(benchmark::State& state) {
  const Files files;
  const std::filesystem::path path = files.path("coordinates.binpb");
  {
    v1::Model model = small_parts(kUnits);
    v1::SparseMatrix& matrix = *model.mutable_network()->mutable_projections(0)->mutable_weights()->mutable_sparse();
    fill_sparse(matrix);
    for (std::int32_t i = 0; i < kUnits; ++i) {
      for (std::int32_t k = 0; k < kFan; ++k) matrix.add_row(i);
    }
    write(model, path);
  }
  const double bytes = static_cast<double>(std::filesystem::file_size(path));
  const auto parse = [&] {
    std::ifstream file(path, std::ios::binary);
    v1::Model model;
    return model.ParseFromIstream(&file) ? bytes : -1;
  };
  compare(
      state, {"bytes", bytes, 1.0 / 3}, [&] { return load_model(path); }, parse);
}

void blocks(benchmark::State& state) {
  constexpr std::int32_t kSide = 16'384;  // squared, in float64: 2 GiB
  constexpr std::int32_t kRows = 128;     // of a block
  const Files files;
  const std::filesystem::path path = files.path("blocks.txtpb");
  {
    v1::Model model = small_parts(kSide);
    model.mutable_network()->mutable_projections(0)->mutable_weights()->mutable_file()->set_path("W.blocks");
    std::ofstream(path) << model.DebugString();
    std::ofstream file(files.path("W.blocks"), std::ios::binary);
    v1::MatrixBlock block;
    block.mutable_header()->set_rows(kSide);
    block.mutable_header()->set_cols(kSide);
    google::protobuf::util::SerializeDelimitedToOstream(block, &file);
    const std::vector<double> values = drawn(std::size_t{kRows} * kSide);
    block.mutable_dense()->mutable_values()->Add(values.begin(), values.end());
    for (std::int32_t row = 0; row < kSide; row += kRows) {
      block.mutable_dense()->set_first_row(row);
      google::protobuf::util::SerializeDelimitedToOstream(block, &file);
    }
  }
  const double bytes = static_cast<double>(std::filesystem::file_size(files.path("W.blocks")));
  const auto program = [&] {
    const Spec spec = load(path);
    const auto* weights = std::get_if<DenseMatrix>(&spec.network.projections[0].weights);
    return weights != nullptr && std::ssize(weights->values) == std::int64_t{kSide} * kSide ? bytes : -1;
  };
  compare(state, {"bytes", bytes, 1.0 / 3}, program, [&] { return read_bytes(files.path("W.blocks")); });
}

BENCHMARK(rows)->Name("f load rows, 10^7 synapses, beside reading")->Iterations(1)->UseManualTime();
BENCHMARK(coordinates)->Name("f load coordinates, 10^7, beside protobuf")->Iterations(1)->UseManualTime();
BENCHMARK(blocks)->Name("f load blocks, 2 GiB, beside reading")->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
