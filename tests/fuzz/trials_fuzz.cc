// Any bytes as an array of trials: inputs of three dimensions, events, targets, masks, classes or
// lengths, as .npy or in an .npz. Faults are the normal result; the fuzzer looks for a crash, a
// sanitiser's report, a failing CHECK, unbounded memory, or trials that no check would take.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/model/read_trial_files.h"

namespace {

/// Two whole numbers, 1 and 2, as NumPy writes them.
std::string lengths() {
  std::string text = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
  text += std::string(63 - (text.size() + 10) % 64, ' ') + "\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text + "\x01\x02";
}

/// Two trials of two ticks and two inputs.
std::string inputs() {
  std::string text = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 2), }";
  text += std::string(63 - (text.size() + 10) % 64, ' ') + "\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text +
         "\x01\x02\x03\x04\x05\x06\x07\x08";
}

void check(const locus::RecordedTrial& trial, std::size_t bytes) {
  std::size_t numbers = trial.target.values.size() + trial.mask.values.size();
  if (const auto* dense = std::get_if<locus::DenseMatrix>(&trial.input)) numbers += dense->values.size();
  if (const auto* events = std::get_if<locus::SparseMatrix>(&trial.input)) {
    numbers += events->values.size();
    for (std::size_t k = 0; k < events->row.size(); ++k) {
      if (events->row[k] < 0 || events->row[k] >= events->rows || events->col[k] < 0 || events->col[k] >= events->cols)
        throw std::logic_error("an event without a fault is outside of its trial");
    }
  }
  if (locus::rows_of(trial) < 1 || numbers > 64 + bytes)
    throw std::logic_error("a trial has other numbers than its files");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string file(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string name = (data[0] & 8U) != 0 ? "a.npz" : "a.npy";
  locus::CarriedFiles carried;
  carried.complete = true;
  carried.bytes = {{name, file}, {"n.npy", lengths()}, {"x.npy", inputs()}};
  locus::v1::TrialFiles message;
  if ((data[0] & 16U) != 0) message.set_lengths("n.npy");
  const unsigned field = data[0] % 6U;
  if (field > 1) message.set_input("x.npy");
  switch (field) {
    case 0: message.set_input(name); break;
    case 1: message.set_events(name), message.set_lengths("n.npy"); break;
    case 2: message.set_target(name); break;
    case 3: message.set_mask(name); break;
    case 4: message.set_classes(name); break;
    default: message.set_lengths(name); break;
  }
  locus::FaultList faults;
  locus::Reading reading = {"", faults, &carried};
  std::vector<locus::RecordedTrial> trials;
  const locus::TrialSizes sizes = {(data[0] & 32U) != 0 ? 3 : locus::kUnknown, 2, 2};
  const std::int64_t ticks = locus::read_trial_files(message, sizes, locus::FieldPath().at("files"), trials, reading);
  if (faults.has_errors() != trials.empty() || (ticks == 0) != trials.empty())
    throw std::logic_error("trials and faults do not fit");
  for (const locus::RecordedTrial& trial : trials) check(trial, size);
  return 0;
}
