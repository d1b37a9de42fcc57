#include "sim/model/read_trial_files.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/npy.h"
#include "sim/model/npz.h"

namespace locus {
namespace {

class TrialArrays {
 public:
  TrialArrays(const v1::TrialFiles& message, const TrialSizes& sizes, const FieldPath& where, Reading& reading)
      : message_(message), sizes_(sizes), where_(where), reading_(reading), faults_(reading.faults) {}

  /// False after a fault.
  bool read();
  std::vector<RecordedTrial>& trials() { return trials_; }
  std::int64_t longest() const { return lengths_.empty() ? ticks_ : *std::ranges::max_element(lengths_); }

 private:
  /// Where the numbers of a trial go, from an array of trials x ticks x columns.
  using Part = DenseMatrix& (*)(RecordedTrial& trial);

  bool check_choices();
  bool read_lengths();
  bool read_labels();
  bool read_dense(const std::string& path, std::string_view field, std::int64_t columns, std::string_view columns_of,
                  Part part);
  bool read_events();
  bool place_events(const std::vector<double>& numbers);
  bool check_event(const double* event, std::int64_t index);
  bool check_numbers(const DenseMatrix& matrix, std::size_t trial, std::string_view field);
  bool check_lengths();
  bool agree(std::int64_t trials, std::string_view field, const std::string& shape);
  std::optional<std::vector<std::int64_t>> row(const std::string& path, std::string_view field, std::int64_t low,
                                               std::int64_t high);
  /// Opens the array of a field; take(array) returns false after a fault.
  template <class Take>
  bool open(const std::string& path, const FieldPath& field, Take take);

  std::int64_t length_of(std::size_t trial) const { return lengths_.empty() ? ticks_ : lengths_[trial]; }

  const v1::TrialFiles& message_;
  TrialSizes sizes_;
  const FieldPath& where_;
  Reading& reading_;
  FaultList& faults_;
  std::vector<RecordedTrial> trials_;
  std::vector<std::int64_t> lengths_;  // by trial; empty: all have ticks_
  std::int64_t ticks_ = kUnknown;      // of the arrays
  std::string_view trials_of_;         // the field that says how many trials there are
  std::string_view ticks_of_;
};

template <class Take>
bool TrialArrays::open(const std::string& path, const FieldPath& field, Take take) {
  const auto [name, member] = file_and_array(path);
  const bool archive = name.ends_with(".npz");
  if (!archive && !name.ends_with(".npy")) {
    faults_.refuse(field, "is " + shown(std::string_view(path)), "must end in .npy, .npz or .npz:NAME");
    return false;
  }
  const std::optional<FileBeside> file = file_beside(name, field, reading_);
  if (!file) return false;
  const auto visit = [&](const FileBeside& numbers) {
    std::optional<NpyArray> array = NpyArray::open(numbers, field, reading_);
    return array && take(*array);
  };
  return archive ? read_npz_array(*file, member, field, reading_, visit) : visit(*file);
}

bool TrialArrays::check_choices() {
  const bool input = !message_.input().empty();
  const bool events = !message_.events().empty();
  if (input == events) {
    faults_.error(where_, input ? "has input and events" : "has no input", "must have one of input, events");
    return false;
  }
  if (message_.target().empty() || message_.classes().empty()) return true;
  faults_.error(where_.at("classes"), "is given beside target", "is in place of it");
  return false;
}

/// All arrays have as many trials.
bool TrialArrays::agree(std::int64_t trials, std::string_view field, const std::string& shape) {
  if (trials_of_.empty()) {
    if (trials < 1 || trials > kMostCount) {
      faults_.error(where_.at(field), "names an .npy file of shape " + shape,
                    fmt::format("must have 1 to {} trials", kMostCount));
      return false;
    }
    trials_of_ = field;
    trials_.resize(static_cast<std::size_t>(trials));
    return true;
  }
  if (trials == std::ssize(trials_)) return true;
  faults_.error(where_.at(field), "names an .npy file of shape " + shape,
                fmt::format("must have {} trials, as {} has", trials_.size(), trials_of_));
  return false;
}

/// An array of one whole number a trial.
std::optional<std::vector<std::int64_t>> TrialArrays::row(const std::string& path, std::string_view field,
                                                          std::int64_t low, std::int64_t high) {
  std::vector<std::int64_t> numbers;
  const FieldPath at = where_.at(field);
  const bool good = open(path, at, [&](NpyArray& array) {
    if (array.shape().size() != 1) {
      faults_.error(at, "names an .npy file of shape " + array.shape_text(), "must have one number a trial: (trials,)");
      return false;
    }
    if (!agree(array.shape()[0], field, array.shape_text())) return false;
    std::vector<double> values(trials_.size());
    if (!array.read(values)) return false;
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (values[k] >= static_cast<double>(low) && values[k] <= static_cast<double>(high) &&
          values[k] == std::floor(values[k]))
        continue;
      faults_.error(at, fmt::format("names a file whose number {} is {}", k, values[k]),
                    fmt::format("must be a whole number, {} to {}", low, high));
      return false;
    }
    numbers.assign(values.begin(), values.end());
    return true;
  });
  if (!good) return std::nullopt;
  return numbers;
}

bool TrialArrays::read_lengths() {
  if (message_.lengths().empty()) return true;
  const std::int64_t most = sizes_.ticks == kUnknown ? kLongestTrial : sizes_.ticks;
  auto lengths = row(message_.lengths(), "lengths", 1, most);
  if (!lengths) return false;
  lengths_ = *std::move(lengths);
  return true;
}

bool TrialArrays::read_labels() {
  if (message_.classes().empty()) return true;
  const std::int64_t most = sizes_.readouts == kUnknown ? kMostNeurons : sizes_.readouts;
  const auto labels = row(message_.classes(), "classes", 0, most - 1);
  if (!labels) return false;
  for (std::size_t k = 0; k < trials_.size(); ++k) trials_[k].label = static_cast<std::int32_t>((*labels)[k]);
  return true;
}

bool TrialArrays::read_dense(const std::string& path, std::string_view field, std::int64_t columns,
                             std::string_view columns_of, Part part) {
  if (path.empty()) return true;
  const FieldPath at = where_.at(field);
  return open(path, at, [&](NpyArray& array) {
    const std::vector<std::int64_t>& shape = array.shape();
    // a number for all readouts, or neurons, alike
    const bool for_all = (field == "mask" || field == "reward") && shape.size() == 2;
    const std::int64_t wide = for_all ? 1 : shape.size() == 3 && field != "reward" ? shape[2] : 0;
    const bool fits = wide >= 1 && (for_all || columns == kUnknown || wide == columns) && shape[1] >= 1;
    if (!fits || (ticks_ != kUnknown && shape[1] != ticks_) || shape[1] > kLongestTrial) {
      const std::string ticks = ticks_ == kUnknown ? "ticks" : fmt::format("{} ticks, as {} has,", ticks_, ticks_of_);
      const std::string wanted = columns == kUnknown ? std::string(columns_of) : fmt::format("{} {}", columns, columns_of);
      faults_.error(at, "names an .npy file of shape " + array.shape_text(),
                    field == "reward" ? fmt::format("must be trials x {}", ticks)
                                      : fmt::format("must be trials x {} x {}", ticks, wanted));
      return false;
    }
    if (!agree(shape[0], field, array.shape_text())) return false;
    if (ticks_ == kUnknown) ticks_of_ = field;
    ticks_ = shape[1];
    if (!check_lengths() || !reading_.may_take(shape[0] * shape[1], wide, at)) return false;
    std::vector<double> values(static_cast<std::size_t>(ticks_ * wide));
    for (std::size_t k = 0; k < trials_.size(); ++k) {
      if (!array.read(values)) return false;
      const auto used = static_cast<std::size_t>(length_of(k) * wide);
      DenseMatrix& matrix = part(trials_[k]);
      matrix = {length_of(k), wide, {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(used)}};
      if (!check_numbers(matrix, k, field)) return false;
    }
    return true;
  });
}

/// Finite numbers; of a mask not below 0 and, if the loss demands it, alike for all readouts.
bool TrialArrays::check_numbers(const DenseMatrix& matrix, std::size_t trial, std::string_view field) {
  const bool mask = field == "mask";
  for (std::size_t k = 0; k < matrix.values.size(); ++k) {
    const auto cols = static_cast<std::size_t>(matrix.cols);
    const double value = matrix.values[k];
    const double first = matrix.values[k - k % cols];
    const bool unlike = mask && sizes_.masks_are_alike && value != first;
    if (std::isfinite(value) && !(mask && value < 0) && !unlike) continue;
    std::string what = fmt::format("names a file whose entry ({}, {}, {}) is {}", trial, k / cols, k % cols, value);
    if (std::isfinite(value) && value >= 0) what += fmt::format(", and ({}, {}, 0) is {}", trial, k / cols, first);
    const std::string_view allowed = !std::isfinite(value) ? "must be finite"
                                     : value < 0 && mask
                                         ? "must be at least 0"
                                         : "must be the same for all readouts of a tick under CROSS_ENTROPY";
    faults_.error(where_.at(field), std::move(what), std::string(allowed));
    return false;
  }
  return true;
}

/// Lengths are at most the ticks of the arrays, and the model's.
bool TrialArrays::check_lengths() {
  for (std::size_t k = 0; k < lengths_.size(); ++k) {
    if (lengths_[k] <= ticks_) continue;
    faults_.error(where_.at("lengths"), fmt::format("names a file whose number {} is {}", k, lengths_[k]),
                  fmt::format("must be 1 to {}, the ticks of {}", ticks_, ticks_of_));
    return false;
  }
  if (sizes_.ticks == kUnknown || longest() <= sizes_.ticks) return true;
  faults_.error(where_.at(ticks_of_), fmt::format("names trials of {} ticks", longest()),
                fmt::format("must have at most {}, training.ticks", sizes_.ticks));
  return false;
}

bool TrialArrays::check_event(const double* event, std::int64_t index) {
  constexpr std::string_view kNames[] = {"trial", "tick", "input"};
  const auto whole = [](double number) { return number == std::floor(number); };
  std::int64_t low = 0;
  std::int64_t last = std::ssize(trials_) - 1;
  for (int k = 0; k < 3; ++k) {
    if (k == 1) last = length_of(static_cast<std::size_t>(event[0]));
    if (k == 2) last = sizes_.inputs - 1;
    low = k == 1 ? 1 : 0;
    if (whole(event[k]) && event[k] >= static_cast<double>(low) && event[k] <= static_cast<double>(last)) continue;
    faults_.error(where_.at("events"), fmt::format("names a file whose event {} has {} {}", index, kNames[k], event[k]),
                  fmt::format("must be a whole number, {} to {}{}", low, last, k == 1 ? " in this trial" : ""));
    return false;
  }
  return true;
}

/// Event k is numbers[3 k ..]: each goes to its trial.
bool TrialArrays::place_events(const std::vector<double>& numbers) {
  const std::int64_t events = std::ssize(numbers) / 3;
  std::vector<std::size_t> of_trial(trials_.size(), 0);
  for (std::int64_t k = 0; k < events; ++k) {
    const double* const event = numbers.data() + 3 * k;
    if (!check_event(event, k)) return false;
    ++of_trial[static_cast<std::size_t>(event[0])];
  }
  for (std::size_t t = 0; t < trials_.size(); ++t) {
    SparseMatrix input = {length_of(t), sizes_.inputs, {}, {}, {}};
    input.row.reserve(of_trial[t]);
    input.col.reserve(of_trial[t]);
    input.values.assign(of_trial[t], 1);
    trials_[t].input = std::move(input);
  }
  for (std::int64_t k = 0; k < events; ++k) {
    const double* const event = numbers.data() + 3 * k;
    auto& input = std::get<SparseMatrix>(trials_[static_cast<std::size_t>(event[0])].input);
    input.row.push_back(static_cast<std::int32_t>(event[1]) - 1);
    input.col.push_back(static_cast<std::int32_t>(event[2]));
  }
  for (std::size_t t = 0; t < trials_.size(); ++t) {
    const auto& input = std::get<SparseMatrix>(trials_[t].input);
    for (const Repeat& repeat : repeats(input).first) {
      const auto k = static_cast<std::size_t>(repeat.entry);
      faults_.error(
          where_.at("events"),
          fmt::format("names a file that has trial {}, tick {}, input {} twice", t, input.row[k] + 1, input.col[k]),
          "an event may come once");
      return false;
    }
  }
  return true;
}

bool TrialArrays::read_events() {
  if (message_.events().empty()) return true;
  const FieldPath at = where_.at("events");
  if (trials_of_.empty()) {
    faults_.error(at, "says not how many trials there are", "must stand with lengths, classes, target or mask");
    return false;
  }
  if (ticks_ == kUnknown && sizes_.ticks == kUnknown && lengths_.empty()) {
    faults_.error(at, "says not how many ticks a trial has", "must stand with training.ticks, lengths, target or mask");
    return false;
  }
  if (ticks_ == kUnknown) ticks_ = lengths_.empty() ? sizes_.ticks : longest();
  if (sizes_.inputs == kUnknown) return false;  // told already
  return open(message_.events(), at, [&](NpyArray& array) {
    const std::vector<std::int64_t>& shape = array.shape();
    if (shape.size() != 2 || shape[1] != 3 || shape[0] > std::int64_t{INT32_MAX}) {
      faults_.error(at, "names an .npy file of shape " + array.shape_text(),
                    fmt::format("must be events x 3 (trial, tick, input), at most {} events", INT32_MAX));
      return false;
    }
    if (!reading_.may_take(shape[0], 3, at)) return false;
    std::vector<double> numbers(static_cast<std::size_t>(3 * shape[0]));
    return array.read(numbers) && place_events(numbers);
  });
}

bool TrialArrays::read() {
  const auto input = [](RecordedTrial& trial) -> DenseMatrix& { return std::get<DenseMatrix>(trial.input); };
  const auto target = [](RecordedTrial& trial) -> DenseMatrix& { return trial.target; };
  const auto mask = [](RecordedTrial& trial) -> DenseMatrix& { return trial.mask; };
  const auto reward = [](RecordedTrial& trial) -> DenseMatrix& { return trial.reward; };
  return check_choices() && read_lengths() && read_labels() &&
         read_dense(message_.input(), "input", sizes_.inputs, "inputs", input) &&
         read_dense(message_.target(), "target", sizes_.readouts, "readouts", target) &&
         read_dense(message_.mask(), "mask", sizes_.readouts, "readouts (or trials x ticks)", mask) &&
         read_dense(message_.reward(), "reward", 1, "", reward) && read_events();
}

}  // namespace

std::int64_t read_trial_files(const v1::TrialFiles& message, const TrialSizes& sizes, const FieldPath& where,
                              std::vector<RecordedTrial>& trials, Reading& reading) {
  TrialArrays arrays(message, sizes, where, reading);
  if (!arrays.read()) return 0;
  trials = std::move(arrays.trials());
  return arrays.longest();
}

}  // namespace locus
