// Driven: the learner of a session with the batches that it is shown. Internal to session.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/network_size.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "sim/run/transport_kind.h"
#include "sim/task/task.h"

namespace locus {

/// A learner with the columns of the trials that it is shown.
template <class R, TransportOf<R> T>
struct Driven {
  using Number = R;
  Topology topology;
  std::vector<std::int32_t> columns;  // the input of each number of step()
  Learner<R, T> learner;
  std::vector<ConstantInput> constants;  // inputs that step() does not show
  Batch<R> batch;
  std::optional<Task> task;  // of the model, from the first update() on
  Batch<R> given;            // of learn(); its inputs stand in it from the first call on

  Driven(const Spec& spec, Executor executor)
      : topology(topology_of(spec)),
        columns(input_columns(spec.network)),
        learner(spec, topology, spec.rules.front(), {.outputs_are_seen = true, .inputs_tick_by_tick = true}, executor),
        constants(constant_inputs(spec.network)),
        batch(make_batch<R>(spec.training.ticks, learner.network().inputs.size, learner.network().readouts.size,
                            learner.network().lanes)) {}
};

using AnyDriven =
    std::variant<std::unique_ptr<Driven<double, Columns<double>>>, std::unique_ptr<Driven<double, Mailbox<double>>>,
                 std::unique_ptr<Driven<float, Columns<float>>>, std::unique_ptr<Driven<float, Mailbox<float>>>>;

template <class R>
AnyDriven driven_as(const Spec& spec, TransportKind transport, Executor executor) {
  if (transport == TransportKind::kMailbox) return std::make_unique<Driven<R, Mailbox<R>>>(spec, executor);
  return std::make_unique<Driven<R, Columns<R>>>(spec, executor);
}

}  // namespace locus
