#include "sim/python/records.h"

#include <functional>
#include <numeric>

namespace locus::python {
namespace {

std::int64_t product_of(const std::vector<std::int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

}  // namespace

std::int64_t RecordArray::whole_updates(std::int64_t size_of_one) const {
  return size_of_one == 0 ? 0 : static_cast<std::int64_t>(values.size()) / size_of_one;
}

RecordArrays::RecordArrays(const Spec& spec) : spec_(spec) {}

void RecordArrays::begin_rule() { rules_.emplace_back(spec_.records.size()); }

void RecordArrays::look(const Sample& sample) {
  const RecordSpec& record = spec_.records[sample.record];
  RecordArray& array = rules_.back()[sample.record];
  if (array.shape.empty()) {
    array.shape = sample_shape(spec_, record);
    if (is_of_ticks(record.quantity)) array.shape.insert(array.shape.begin(), ticks_of(record));
    const std::int64_t updates = samples_of(record, spec_.training, spec_.training.updates);
    array.values.reserve(static_cast<std::size_t>(updates * product_of(array.shape)));
  }
  if (array.updates.empty() || array.updates.back() != sample.update) array.updates.push_back(sample.update);
  if (sample.tick > 0 && array.updates.size() == 1) array.ticks.push_back(sample.tick);
  array.values.insert(array.values.end(), sample.values.begin(), sample.values.end());
}

}  // namespace locus::python
