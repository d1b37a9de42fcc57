// Large arrays of a model in wire form are read without protobuf (sim/model/wire_arrays.h): the
// loaded model equals that of protobuf and of the text form.
#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "locus/v1/model.pb.h"
#include "sim/model/load.h"

namespace locus {
namespace {

// a full matrix has 90,000 numbers: more than 64 KiB in every form
constexpr std::int32_t kSide = 300;

double value_of(std::int64_t k) { return 1.0 / static_cast<double>(k + 1); }

/// W dense, B by rows, A by coordinates, a feedback by rows, a trial dense and sparse.
v1::Model large_model() {
  v1::Model model;
  const std::string head = R"(network {
    populations { name: "in" size: 300 input {} } populations { name: "rec" size: 300 rate {} } populations { name: "out" size: 300 readout {} }
    projections { name: "B" source: "in" target: "rec" weights { csr { rows: 300 cols: 300 } } }
    projections { name: "W" source: "rec" target: "rec" weights { dense { rows: 300 cols: 300 } } }
    projections { name: "A" source: "rec" target: "out" weights { sparse { rows: 300 cols: 300 } } } }
    task { recorded { trials { sparse_input { rows: 300 cols: 300 } target { rows: 300 cols: 300 } } } }
    training { learning_rate: 0.1 }
    rules { name: "r" rflo { feedback { weights { csr { rows: 300 cols: 300 } } } } })";
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(head, &model));
  const auto fill_rows = [](v1::CsrMatrix& matrix) {
    for (std::int32_t i = 0; i <= kSide; ++i) matrix.add_offset(std::int64_t{i} * kSide);
    for (std::int32_t k = 0; k < kSide * kSide; ++k) matrix.add_col(k % kSide);
    for (std::int32_t k = 0; k < kSide * kSide; ++k) matrix.add_values(value_of(k));
  };
  const auto fill_entries = [](v1::SparseMatrix& matrix) {
    for (std::int32_t k = kSide * kSide - 1; k >= 0; --k) {
      matrix.add_row(k / kSide);
      matrix.add_col(k % kSide);
      matrix.add_values(value_of(k));
    }
  };
  const auto fill = [](v1::Matrix& matrix) {
    for (std::int32_t k = 0; k < kSide * kSide; ++k) matrix.add_values(value_of(k));
  };
  v1::Network& network = *model.mutable_network();
  fill_rows(*network.mutable_projections(0)->mutable_weights()->mutable_csr());
  fill(*network.mutable_projections(1)->mutable_weights()->mutable_dense());
  fill_entries(*network.mutable_projections(2)->mutable_weights()->mutable_sparse());
  v1::Trial& trial = *model.mutable_task()->mutable_recorded()->mutable_trials(0);
  fill_entries(*trial.mutable_sparse_input());
  fill(*trial.mutable_target());
  fill_rows(*model.mutable_rules(0)->mutable_rflo()->mutable_feedback(0)->mutable_weights()->mutable_csr());
  return model;
}

std::string text_of(const v1::Model& model) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseShortRepeatedPrimitives(true);
  std::string text;
  EXPECT_TRUE(printer.PrintToString(model, &text));
  return text;
}

void expect_same(const DenseMatrix& a, const DenseMatrix& b) {
  EXPECT_EQ(a.values.size(), static_cast<std::size_t>(kSide) * kSide);
  EXPECT_EQ(a.values, b.values);
}
void expect_same(const SparseMatrix& a, const SparseMatrix& b) {
  EXPECT_EQ(a.values.size(), static_cast<std::size_t>(kSide) * kSide);
  EXPECT_EQ(a.values, b.values);
  EXPECT_EQ(a.row, b.row);
  EXPECT_EQ(a.col, b.col);
}
template <class Matrix, class Variant>
void expect_same_form(const Variant& a, const Variant& b) {
  expect_same(std::get<Matrix>(a), std::get<Matrix>(b));
}

/// The faults of a load, in alphabetical order (a text has its own order), or an empty text.
std::string faults_of(std::string_view bytes, const char* name) {
  std::vector<Fault> faults;
  try {
    load_bytes(bytes, name, faults);
  } catch (const ModelError& error) {
    faults = error.faults();
  }
  std::vector<std::string> lines;
  for (const Fault& fault : faults) lines.push_back(fault.field + " " + fault.what + "; " + fault.allowed + "\n");
  std::ranges::sort(lines);
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

TEST(WireArrays, AreThoseOfTheTextForm) {
  const v1::Model model = large_model();
  std::vector<Fault> warnings;
  const Spec wire = load_bytes(model.SerializeAsString(), "m.binpb", warnings);
  const Spec text = load_bytes(text_of(model), "m.txtpb", warnings);
  expect_same_form<SparseMatrix>(wire.network.projections[0].weights, text.network.projections[0].weights);
  expect_same_form<DenseMatrix>(wire.network.projections[1].weights, text.network.projections[1].weights);
  expect_same_form<SparseMatrix>(wire.network.projections[2].weights, text.network.projections[2].weights);
  expect_same_form<SparseMatrix>(wire.rules[0].feedback[0].weights, text.rules[0].feedback[0].weights);
  const RecordedTrial& trial = std::get<RecordedTask>(wire.task).trials[0];
  const RecordedTrial& same = std::get<RecordedTask>(text.task).trials[0];
  expect_same_form<SparseMatrix>(trial.input, same.input);
  expect_same(trial.target, same.target);
}

TEST(WireArrays, HaveTheFaultsOfTheTextForm) {
  v1::Model model = large_model();
  v1::CsrMatrix& rows = *model.mutable_network()->mutable_projections(0)->mutable_weights()->mutable_csr();
  rows.set_col(7, -1);
  rows.set_col(80'000, kSide);
  rows.set_values(3, std::numeric_limits<double>::infinity());
  model.mutable_network()->mutable_projections(1)->mutable_weights()->mutable_dense()->add_values(1);
  model.mutable_task()->mutable_recorded()->mutable_trials(0)->mutable_target()->set_cols(kSide - 1);
  const std::string faults = faults_of(model.SerializeAsString(), "m.binpb");
  EXPECT_NE(faults.find("network.projections[0].weights.csr.col[7] is -1"), std::string::npos) << faults;
  EXPECT_EQ(faults, faults_of(text_of(model), "m.txtpb"));
}

/// Protobuf joins a field that is given twice: it concatenates arrays in their order and merges
/// messages field by field, and for a oneof the last one counts.
TEST(WireArrays, OfWhatIsGivenTwiceAreJoined) {
  const v1::Model model = large_model();
  v1::Model more;
  more.mutable_network()->add_populations()->set_name("more");
  v1::Trial& trial = *more.mutable_task()->mutable_recorded()->add_trials();
  *trial.mutable_target() = model.task().recorded().trials(0).target();
  const std::string bytes = model.SerializeAsString() + more.SerializeAsString();
  v1::Model joined;
  ASSERT_TRUE(joined.ParseFromString(bytes));
  ASSERT_EQ(joined.task().recorded().trials_size(), 2);
  const std::string faults = faults_of(bytes, "m.binpb");
  EXPECT_NE(faults.find("network.populations[3]"), std::string::npos) << faults;
  EXPECT_EQ(faults, faults_of(text_of(joined), "m.txtpb"));
}

/// Protobuf decides about damaged files. The test changes bytes at the begin and end of arrays, in
/// their lengths, and elsewhere.
TEST(WireArrays, DamageIsWhatProtobufFinds) {
  const std::string good = large_model().SerializeAsString();
  std::mt19937_64 random(3);
  int refused = 0;
  constexpr int kChanges = 60;
  for (int i = 0; i < kChanges; ++i) {
    std::string bytes = good;
    const std::size_t place = i % 2 == 0 ? random() % bytes.size() : random() % 1000;
    if (i % 3 == 0) {
      bytes.resize(place);
    } else {
      bytes[place] = static_cast<char>(random());
    }
    const bool parsed = v1::Model().ParseFromString(bytes);
    const bool damaged = faults_of(bytes, "m.binpb").find("is no locus.v1.Model") != std::string::npos;
    ASSERT_EQ(damaged, !parsed) << "change " << i << " at " << place;
    refused += damaged ? 1 : 0;
  }
  EXPECT_GT(refused, kChanges / 4);
  EXPECT_LT(refused, kChanges);
}

}  // namespace
}  // namespace locus
