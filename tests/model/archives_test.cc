// Weights from .npz archives and .csv files, which NumPy and SciPy have written
// (tests/data/weights/make.py says how), and from files that the command line names.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/carried_files.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

const std::vector<double> kRight = {1, 2, 0, -4, 0.5, 6};  // (3 x 2)

std::string stored(const std::string& name) { return read_file(fs::path(LOCUS_TEST_DATA) / "weights" / name); }

std::string model_with(const std::string& path) {
  ModelText model;
  model.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { file { path: \"" + path + "\" } } }";
  return model.text();
}

/// B (3 x 2) of a model from a file, or the faults.
struct Loaded {
  std::string faults;
  WeightsSpec weights;
};
Loaded loaded(const std::string& name, const std::string& bytes, const std::string& path) {
  const Folder folder;
  folder.write(name, bytes);
  std::vector<Fault> warnings;
  try {
    return {"", load_bytes(model_with(path), folder.path("m.txtpb"), warnings).network.projections[0].weights};
  } catch (const ModelError& error) {
    EXPECT_EQ(error.faults().size(), 1U) << error.what();
    EXPECT_EQ(error.faults()[0].field, "network.projections[0].weights.file.path");
    return {error.what(), {}};
  }
}
Loaded loaded(const std::string& name, const std::string& member = "") {
  return loaded(name, stored(name), name + member);
}
Loaded loaded_csv(const std::string& text) { return loaded("w.csv", text, "w.csv"); }

/// The matrix, row by row, whatever its form; what a sparse one leaves out is 0.
std::vector<double> rows_of(const WeightsSpec& weights) {
  if (const auto* dense = std::get_if<DenseMatrix>(&weights)) return dense->values;
  const auto* sparse = std::get_if<SparseMatrix>(&weights);
  if (sparse == nullptr) return {};
  std::vector<double> values(static_cast<std::size_t>(sparse->rows * sparse->cols));
  for (std::size_t k = 0; k < sparse->values.size(); ++k)
    values[static_cast<std::size_t>(sparse->row[k] * sparse->cols + sparse->col[k])] = sparse->values[k];
  return values;
}

void expect_refused(const Loaded& result, const std::string& words) {
  EXPECT_NE(result.faults.find(words), std::string::npos) << words << "\n" << result.faults;
}

TEST(NpzFile, GivesTheArrayThatIsNamed) {
  EXPECT_EQ(rows_of(loaded("one.npz").weights), kRight);
  EXPECT_EQ(rows_of(loaded("one.npz", ":W").weights), kRight);
  EXPECT_EQ(rows_of(loaded("several.npz", ":W").weights), kRight) << "float16, deflated";
  expect_refused(loaded("several.npz"), "an archive of 3 arrays: \"W\", \"other\", \"row\"; one of them must be named");
  expect_refused(loaded("several.npz", ":w"), "has no array \"w\"; did you mean \"W\"?");
  expect_refused(loaded("several.npz", ":other"), "4 x 4 values; must be 3 x 2");
  expect_refused(loaded("several.npz", ":row"), "shape (3,); must be two-dimensional");
  expect_refused(loaded("wide.npz"), "entry (1, 0) is 9007199254740993, which float64 misses by 1");
}

TEST(NpzFile, GivesTheSparseMatricesOfSciPy) {
  for (const char* name : {"csr.npz", "csc.npz", "coo.npz", "stored.npz"}) {
    const Loaded result = loaded(name);
    ASSERT_EQ(result.faults, "") << name;
    const auto* sparse = std::get_if<SparseMatrix>(&result.weights);
    ASSERT_NE(sparse, nullptr) << name;
    EXPECT_EQ(sparse->values.size(), 5U) << "the entry that is 0 is no synapse";
    EXPECT_EQ(rows_of(result.weights), kRight) << name;
  }
  expect_refused(loaded("bsr.npz"), "sparse matrix of format \"bsr\"; must be csr, csc or coo");
}

TEST(NpzFile, IsTheSameMatrixOrAFaultWhateverIsDamaged) {
  for (const char* name : {"csr.npz", "one.npz", "stored.npz"}) {
    const std::string good = stored(name);
    for (std::size_t length = 0; length < good.size(); length += 7) {
      const Loaded result = loaded("w.npz", good.substr(0, length), "w.npz");
      // the last bytes are the length of a comment
      EXPECT_TRUE(!result.faults.empty() || length + 4 > good.size()) << name << " of " << length << " bytes";
    }
    for (std::size_t at = 0; at < good.size(); at += 3) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 0x15);
      const Loaded result = loaded("w.npz", bad, "w.npz");
      if (result.faults.empty()) {
        EXPECT_EQ(rows_of(result.weights), kRight) << name << ", byte " << at;
      }
    }
  }
}

TEST(CsvFile, GivesALineForARow) {
  EXPECT_EQ(rows_of(loaded("plain.csv").weights), kRight);
  EXPECT_EQ(rows_of(loaded("packed.csv.gz").weights), kRight);
  for (const char* text :
       {"1,2\n0,-4\n.5,6", "\xEF\xBB\xBF+1 ,2\r\n0,-4e0\r\n\r\n0.5,\t6\r\n", "#1\n1,2\n0,-4 # x\n0.5,6\n#"})
    EXPECT_EQ(rows_of(loaded_csv(text).weights), kRight) << text;
  EXPECT_EQ(rows_of(loaded_csv("0.1,1e-320\n1e308,-0\n9007199254740992,0.30000000000000004\n").weights),
            (std::vector<double>{0.1, 1e-320, 1e308, 0, 9007199254740992, 0.1 + 0.2}));
}

TEST(CsvFile, SaysWhichNumberIsNone) {
  expect_refused(loaded_csv("in,rec\n1,2\n"), "line 1, number 1 is \"in\"; must be a number with a decimal point");
  expect_refused(loaded_csv("1,2\n0,\n"), "line 2, number 2 is \"\"");
  expect_refused(loaded_csv("1,5;2,5\n0;4\n"),
                 "line 1, number 2 is \"5;2\"; must be a number with a decimal point, commas");
  expect_refused(loaded_csv("1,2\n0,-4\nnan,6\n"), "line 3, number 1 is \"nan\"; must be finite");
  expect_refused(loaded_csv("1,2\n0,-4\n1e999,6\n"), "line 3, number 1 is \"1e999\"");
  expect_refused(loaded_csv("1,2\n0,-4\n9007199254740993,6\n"), "is 9007199254740993, which float64 misses by 1");
  expect_refused(loaded_csv("1,2\n0,-4\n-9223372036854775807,6\n"), "which float64 misses by 1");
  expect_refused(loaded_csv(std::string(5000, '1')), "is longer than any number");
  expect_refused(loaded_csv("1,2\n0,-4\n"), "has 2 lines of 2 numbers; must be 3 x 2");
  expect_refused(loaded_csv("1,2\n0,-4\n1,2\n1,2\n"), "more than 3 lines");
  expect_refused(loaded_csv("1,2,3\n"), "more than 2 numbers in line 1");
  expect_refused(loaded_csv("1\n"), "has 1 numbers in line 1; must be 3 x 2");
  expect_refused(loaded_csv(""), "has 0 lines");
}

TEST(CsvFile, IsAFaultWhereGzipIsDamaged) {
  const std::string good = stored("packed.csv.gz");
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(loaded("w.csv.gz", good.substr(0, length), "w.csv.gz").faults, "") << length;
  std::string bad = good;
  bad[bad.size() - 6] = static_cast<char>(bad[bad.size() - 6] ^ 1);  // of the checksum
  expect_refused(loaded("w.csv.gz", bad, "w.csv.gz"), "is no whole gzip file");
  EXPECT_EQ(rows_of(loaded("w.csv.gz", good, "w.csv.gz").weights), kRight);
}

TEST(WeightsFile, LiesElsewhereOnlyWhereASettingSaysSo) {
  const Folder data;
  const std::string far = data.write("far.npz", stored("several.npz")).string() + ":W";
  const Folder folder;
  folder.write("near.npz", stored("one.npz"));
  const auto load_with = [&](const std::string& given, const std::string& set, CarriedFiles* carried = nullptr) {
    std::vector<Fault> warnings;
    std::vector<Setting> settings;
    if (!set.empty()) settings.push_back({"network.projections[B].weights.file.path", set});
    return load_bytes(model_with(given), folder.path("m.txtpb"), settings, warnings, carried).network.projections[0].weights;
  };
  EXPECT_EQ(rows_of(load_with("near.npz", far)), kRight);
  EXPECT_EQ(rows_of(load_with("near.npz", "../" + data.path().filename().string() + "/far.npz:W")), kRight)
      << "relative to the model's folder";
  EXPECT_THROW(load_with(far, ""), ModelError);
  EXPECT_THROW(load_with(far, "near.npz:X"), ModelError);
  CarriedFiles carried;
  load_with("near.npz", far, &carried);
  fs::remove(data.path("far.npz"));
  carried.complete = true;
  EXPECT_EQ(rows_of(load_with("near.npz", far, &carried)), kRight) << "a checkpoint has it";
}

}  // namespace
}  // namespace locus
