// A session is what `run` does of a rule: a loop over a model's own batches ends with its
// fingerprint, a world that answers the network meets the same numbers over both transports, and a
// call at the wrong time says what is allowed.
#include "sim/run/session.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/run/run.h"
#include "sim/task/task.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

Spec one_loop() {
  Spec spec;
  spec.name = "loop";
  spec.seed = 3;
  spec.network.populations = {
      {.name = "in", .kind = PopulationKind::kInput, .size = 1},
      {.name = "rec", .kind = PopulationKind::kRate, .size = 8, .activation = Activation::kTanh, .leak = 0.2},
      {.name = "out", .kind = PopulationKind::kReadout, .size = 1}};
  spec.network.projections = {
      {.name = "B", .source = 0, .target = 1, .weights = GaussianWeights{1}, .learning_rate = {}},
      {.name = "W", .source = 1, .target = 1, .weights = GaussianWeights{0.2}, .learning_rate = {}},
      {.name = "A", .source = 1, .target = 2, .weights = GaussianWeights{0.3}, .learning_rate = {}}};
  return spec;
}

RuleSpec plain(RuleKind kind) { return kind == RuleKind::kRtrlReach ? restricted(kind, 2) : rule_spec(kind); }

/// Every update of the model, shown tick by tick; fails where a tick's numbers are not there.
Outcome driven(const Spec& spec, const RuleSpec& rule, TransportKind transport) {
  Session session(spec, rule, {.transport = transport});
  Task task(spec);
  const std::int32_t lanes = session.lanes();
  const auto width = [&](std::int32_t neurons) {
    return static_cast<std::size_t>(neurons) * static_cast<std::size_t>(lanes);
  };
  const std::vector<std::int32_t> columns = input_columns(spec.network);
  const auto constants = static_cast<std::int32_t>(constant_inputs(spec.network).size());
  const std::int32_t inputs = session.inputs() + constants;
  Batch<double> batch = make_batch<double>(session.ticks(), inputs, session.readouts(), lanes);
  const std::int32_t first_error = session.ticks() - window_of(spec.training) + 1;
  for (std::int64_t update = 0; update < spec.training.updates; ++update) {
    task.fill(update, batch);
    session.begin_trial();
    for (std::int32_t t = 1; t <= session.ticks(); ++t) {
      std::vector<double> shown;
      for (const std::int32_t input : columns) {
        const double* const own = batch.input_at(t) + std::ptrdiff_t{input} * lanes;
        shown.insert(shown.end(), own, own + lanes);
      }
      session.step(shown);
      if (t >= first_error) session.teach({batch.target_at(t), width(session.readouts())});
    }
    if (!session.commit()) break;
  }
  return session.outcome();
}

/// Float64 models only: a batch here has the numbers that the run's own has.
void expect_driven_is_run(Spec spec, TransportKind transport) {
  spec.chip.reset();
  spec.training.evaluation.reset();
  spec.training.stop.reset();
  spec.records.clear();
  const RunResult result = run_with(spec, transport);
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    if (result.outcomes[k].status != Status::kCompleted) continue;
    const Outcome outcome = driven(spec, spec.rules[k], transport);
    EXPECT_EQ(outcome.fingerprint, result.outcomes[k].fingerprint)
        << name(transport) << ", rule " << spec.rules[k].name << " of " << spec.name;
    EXPECT_EQ(outcome.losses, result.outcomes[k].losses);
    EXPECT_EQ(outcome.ledger, result.outcomes[k].ledger);
    ASSERT_EQ(outcome.rates.size(), result.outcomes[k].rates.size());
  }
}

TEST(Session, DrivenByHandIsTheRunOfEveryShippedRule) {
  for (const char* file :
       {"tiny", "sines", "student_teacher", "spiking_student_teacher", "pattern_generation", "evidence"}) {
    Spec spec = load(std::filesystem::path(LOCUS_MODELS) / (std::string(file) + ".txtpb"));
    spec.precision = Precision::kFloat64;
    spec.training.updates = 2;
    expect_driven_is_run(spec, TransportKind::kBatched);
  }
}

TEST(Session, DrivenByHandIsTheRunOfAnyModel) {
  for (const TransportKind transport : kTransports) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      Spec spec = odd_model(7000 + seed);
      spec.training.updates = 3;
      expect_driven_is_run(seed % 3 == 0 ? with_delays(spec, seed) : spec, transport);
    }
  }
}

TEST(Session, UpdatesOfTheModelsTaskAreItsRun) {
  for (const TransportKind transport : kTransports) {
    for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
      Spec spec = odd_model(7100);
      spec.precision = precision;
      spec.training.updates = 4;
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        Session session(spec, spec.rules[k], {.transport = transport, .threads = 2});
        for (int update = 0; update < 4; ++update) EXPECT_TRUE(session.update());
        EXPECT_EQ(session.outcome().fingerprint, result.outcomes[k].fingerprint) << spec.rules[k].name;
      }
    }
  }
}

/// A world that answers: the next input is what the network has just said, mirrored.
std::vector<double> in_a_loop(Session& session, int trials, bool teaches) {
  std::vector<double> said;
  for (int trial = 0; trial < trials; ++trial) {
    double x = 1;
    session.begin_trial();
    for (std::int32_t t = 1; t <= session.ticks(); ++t) {
      said.push_back(session.step({&x, 1})[0]);
      if (teaches && t % 3 != 0) session.teach(std::sin(0.1 * t));
      x = 1 - said.back();
    }
    session.commit();
  }
  return said;
}

TEST(Session, AClosedLoopIsTheSameOverBothTransports) {
  for (const Rule& row : kRules) {
    for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
      for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
        if (row.keeps == Keeps::kCore) continue;  // the loop is on no chip
        RuleSpec rule = plain(row.kind);
        if (row.kind == RuleKind::kTbptt) rule = truncated(7, 4);
        SessionOptions options{.learning_rate = 0.01, .ticks = 50, .commit = commit, .precision = precision};
        Session columns(one_loop(), rule, options);
        options.transport = TransportKind::kMailbox;
        Session messages(one_loop(), rule, options);
        const std::vector<double> one = in_a_loop(columns, 3, true);
        const std::vector<double> other = in_a_loop(messages, 3, true);
        const double tolerance = precision == Precision::kFloat64 ? 1e-12 : 1e-5;
        for (std::size_t k = 0; k < one.size(); ++k) {
          ASSERT_NEAR(one[k], other[k], tolerance) << row.name << ", tick " << k;
        }
        EXPECT_EQ(columns.ledger(), messages.ledger()) << row.name;
      }
    }
  }
  Session untaught(one_loop(), plain(RuleKind::kNone), {.ticks = 50});
  const std::vector<double> said = in_a_loop(untaught, 1, false);
  EXPECT_GT(std::abs(said.back()), 1e-3) << "what the world answers is heard";
}

TEST(Session, ATickThatNobodyTeachesAsksForNoMessage) {
  for (const TransportKind transport : kTransports) {
    for (const Rule& row : kRules) {
      if (row.drive == Drive::kNothing || row.keeps == Keeps::kCore) continue;
      RuleSpec rule = plain(row.kind);
      if (row.kind == RuleKind::kTbptt) rule = truncated(3, 3);
      Session session(one_loop(), rule, {.learning_rate = 0.1, .ticks = 6, .transport = transport});
      const auto before = session.weights("W");
      const double x = 1;
      session.begin_trial();
      for (int t = 0; t < 6; ++t) session.step({&x, 1});
      EXPECT_TRUE(session.commit());
      for (const Channel channel : {Channel::kTarget, Channel::kFeedback, Channel::kGather})
        EXPECT_EQ(session.ledger().messages(channel), 0) << row.name;
      EXPECT_EQ(session.losses(), std::vector<double>{0}) << row.name;
      EXPECT_EQ(std::get<DenseMatrix>(session.weights("W").matrix).values, std::get<DenseMatrix>(before.matrix).values)
          << row.name << ": nothing was learnt";
    }
  }
}

TEST(Session, WeightsComeBackBitByBit) {
  Spec spec = odd_model(7200);
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    spec.precision = precision;
    spec.training.updates = 4;
    Session one(spec, spec.rules[1], {});
    Session other(spec, spec.rules[1], {});
    EXPECT_TRUE(one.update());
    for (const ProjectionSpec& projection : spec.network.projections) {
      const ProjectionWeights weights = one.weights(projection.name);
      const auto& values = std::visit(
          [](const auto& matrix) -> auto& { return matrix.values; }, weights.matrix);
      other.set_weights(projection.name, values);
      const ProjectionWeights back = other.weights(projection.name);
      EXPECT_EQ(values, std::visit(
                            [](const auto& matrix) -> auto& { return matrix.values; }, back.matrix));
    }
  }
}

TEST(Session, SetWeightsAreWhatIsSent) {
  Session session(one_loop(), plain(RuleKind::kNone), {.ticks = 2});
  session.set_weights("B", std::vector<double>(8, 0.0));
  const double x = 1;
  session.begin_trial();
  EXPECT_EQ(session.step({&x, 1})[0], 0);
  session.step({&x, 1});
  session.commit();
}

TEST(Session, LearningRatesAreThoseOfTheNextCommit) {
  Session session(one_loop(), plain(RuleKind::kRflo), {.learning_rate = 0.1, .ticks = 5});
  EXPECT_EQ(session.learning_rate("W"), 0.1);
  session.set_learning_rate("W", 0);
  EXPECT_EQ(session.learning_rate("B"), 0.1);
  const auto values = [&](const char* name) { return std::get<DenseMatrix>(session.weights(name).matrix).values; };
  const std::vector<double> w = values("W");
  const std::vector<double> b = values("B");
  in_a_loop(session, 1, true);
  EXPECT_EQ(values("W"), w);
  EXPECT_NE(values("B"), b);
  EXPECT_THROW(session.set_learning_rate(-1), ArgumentError);
}

template <class Error, class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Session, CallsAtTheWrongTimeSayWhatIsAllowed) {
  Session session(one_loop(), plain(RuleKind::kBptt), {.learning_rate = 0.1, .ticks = 2});
  const double x = 1;
  const auto step = [&] { session.step({&x, 1}); };
  EXPECT_EQ(complaint<OrderError>(step), "step() before the first trial: begin_trial() comes first");
  EXPECT_EQ(complaint<OrderError>([&] { session.teach(0); }),
            "teach() before the first trial: begin_trial() and step() come first");
  EXPECT_EQ(complaint<OrderError>([&] { session.commit(); }),
            "commit() before the first trial: begin_trial() and the ticks of a trial come first");
  EXPECT_EQ(complaint<OrderError>([&] { session.update(); }),
            "update() before the first trial: the model has no task; begin_trial(), step(), teach() and commit() show one");
  session.begin_trial();
  EXPECT_EQ(complaint<OrderError>([&] { session.teach(0); }), "teach() at tick 0 of 2: step() comes first");
  step();
  EXPECT_EQ(complaint<OrderError>([&] { session.commit(); }), "commit() at tick 1 of 2: a trial ends with its last tick");
  EXPECT_EQ(complaint<OrderError>([&] { session.begin_trial(); }),
            "begin_trial() at tick 1 of 2: a trial ends with its last tick and commit()");
  EXPECT_EQ(complaint<OrderError>([&] { session.outcome(); }),
            "outcome() at tick 1 of 2: an outcome is that of whole updates");
  session.teach(0);
  EXPECT_EQ(complaint<OrderError>([&] { session.teach(0); }),
            "teach() at tick 1 of 2: this tick has been taught; step() or commit() comes next");
  step();
  EXPECT_EQ(complaint<OrderError>(step), "step() at tick 2 of 2: a trial has no more ticks; commit() comes next");
  EXPECT_TRUE(session.commit());
  EXPECT_EQ(complaint<OrderError>(step), "step() between trials: begin_trial() comes first");
  EXPECT_EQ(session.updates(), 1) << "no wrong call has done anything";
}

TEST(Session, ArgumentsThatDoNotFitSayWhatDoes) {
  Session session(one_loop(), plain(RuleKind::kBptt), {.learning_rate = 0.1, .ticks = 2, .lanes = 3});
  session.begin_trial();
  std::vector<double> x(2, 1);
  EXPECT_EQ(complaint<ArgumentError>([&] { session.step(x); }), "step() got 2 numbers; must be 3 (1 inputs x 3 lanes)");
  x = {1, std::numeric_limits<double>::infinity(), 1};
  EXPECT_EQ(complaint<ArgumentError>([&] { session.step(x); }), "step(): number 1 is inf; must be finite");
  EXPECT_EQ(session.tick(), 0);
  x[1] = 1;
  EXPECT_EQ(session.step(x).size(), 3U);
  EXPECT_EQ(complaint<ArgumentError>([&] { session.teach(1); }), "teach() got 1 numbers; must be 3 (1 readouts x 3 lanes)");
  EXPECT_EQ(complaint<ArgumentError>([&] { session.weights("V"); }), "no projection is named V; must be one of B, W, A");
}

Model same_loop() {
  Model model("loop", 3);
  model.input("in", 1);
  model.rate("rec", 8, {.activation = Activation::kTanh, .leak = 0.2});
  model.readout("out", 1);
  model.connect("in", "rec", normal(1), {.name = "B"});
  model.connect("rec", "rec", normal(0.2), {.name = "W"});
  model.connect("rec", "out", normal(0.3), {.name = "A"});
  return model;
}

TEST(Session, OfAModelIsTheSessionOfItsSpec) {
  Session model(same_loop(), rflo(), {.learning_rate = 0.01, .ticks = 30});
  Session spec(one_loop(), plain(RuleKind::kRflo), {.learning_rate = 0.01, .ticks = 30});
  EXPECT_EQ(in_a_loop(model, 5, true), in_a_loop(spec, 5, true));
  EXPECT_EQ(model.outcome().fingerprint, spec.outcome().fingerprint);
}

TEST(Session, OfAModelWithATaskIsItsRun) {
  Model model = same_loop();
  model.recorded({trial(DenseMatrix{2, 1, {1, 0.5}}, {2, 1, {0.5, 1}})});
  model.training({.loss = Loss::kSequence, .updates = 3, .learning_rate = 0.1});
  Session session(model, eprop());
  for (int update = 0; update < 3; ++update) EXPECT_TRUE(session.update());
  model.rule(eprop());
  EXPECT_EQ(session.outcome().fingerprint, run(model.finish()).outcomes.front().fingerprint);
}

TEST(Session, OfAWrongModelNamesTheField) {
  Spec spec = one_loop();
  spec.network.projections[2].target = 7;
  const auto faults_of = [](const auto& made) {
    try {
      made();
    } catch (const ModelError& error) {
      return error.faults().front().field;
    }
    return std::string("no fault");
  };
  EXPECT_EQ(faults_of([&] { Session(spec, plain(RuleKind::kRflo), {.learning_rate = 0.1}); }),
            "network.projections[2].target");
  EXPECT_EQ(faults_of([&] { Session(one_loop(), plain(RuleKind::kRflo)); }), "training.learning_rate");
  EXPECT_EQ(faults_of([&] { Session(one_loop(), plain(RuleKind::kNone), {.lanes = 0}); }), "training.batch");
  Model model = same_loop();
  model.connect("rec", "nowhere", gaussian(1));
  EXPECT_EQ(faults_of([&] { Session(model, none()); }), "network.projections[3].target");
}

TEST(Session, OnlyTicksWithAnErrorAreTaught) {
  Session session(one_loop(), plain(RuleKind::kBptt), {.learning_rate = 0.1, .ticks = 2, .loss = Loss::kFinal});
  const double x = 1;
  session.begin_trial();
  session.step({&x, 1});
  EXPECT_EQ(complaint<OrderError>([&] { session.teach(0); }),
            "teach() at tick 1 of 2: under this loss ticks have an error from 2 on");
}

TEST(Session, ABrokenBudgetNamesItsActorsAndEndsTheSession) {
  Session session(one_loop(), plain(RuleKind::kBptt), {.learning_rate = 0.1, .ticks = 2, .locality = Locality::kSpatial});
  const double x = 1;
  session.begin_trial();
  session.step({&x, 1});
  const std::string why = complaint<LocalityBroken>([&] { session.teach(1); });
  EXPECT_NE(why.find("TRANSPORT"), std::string::npos) << why;
  EXPECT_EQ(complaint<OrderError>([&] {
              session.step({&x, 1});
            }),
            "step() after a broken budget: the session can only be read");
  EXPECT_GT(session.ledger().messages(), 0);
}

TEST(Session, OneThatDivergesIsOver) {
  Session session(one_loop(), plain(RuleKind::kBptt), {.learning_rate = 1e300, .ticks = 3});
  bool finite = true;
  for (int trial = 0; trial < 20 && finite; ++trial) {
    const double x = 1;
    session.begin_trial();
    for (int t = 0; t < 3; ++t) {
      session.step({&x, 1});
      session.teach(1e200);
    }
    finite = session.commit();
  }
  EXPECT_FALSE(finite);
  EXPECT_THROW(session.begin_trial(), OrderError);
  EXPECT_EQ(session.outcome().status, Status::kDiverged);
}

TEST(Session, InTwoThreadsIsTheSameAsAlone) {
  const auto losses = [](std::uint64_t seed) {
    Spec spec = one_loop();
    spec.seed = seed;
    Session session(spec, plain(RuleKind::kRflo), {.learning_rate = 0.01, .ticks = 20, .threads = 2});
    in_a_loop(session, 20, true);
    return session.outcome().fingerprint;
  };
  std::string one;
  std::string other;
  {
    const std::jthread first([&] { one = losses(1); });
    const std::jthread second([&] { other = losses(2); });
  }
  EXPECT_EQ(one, losses(1));
  EXPECT_EQ(other, losses(2));
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace locus
