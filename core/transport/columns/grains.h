// Sums over the neurons of more than one grain (core/base/tree.h), as the plan says: currents of
// readouts over grains of sources, errors carried back over grains of targets.
//
// Why apart from sending.h: there a sum goes over all sources in their order. These are of the same
// products, grain by grain, in vectors of the plan's; a population of one grain never comes here.
#pragma once

#include "core/transport/columns/common.h"

namespace locus {

/// current (targets x lanes) += W activity (sources x lanes).
template <class R>
void send_grains(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current);

/// sums (sources of the layer x lanes) += W^T errors (targets of the layer x lanes).
template <class R>
void carry_grains_back(const Common<R>& common, ProjectionId p, const R* errors, R* sums);

/// The same among ranks, each of which has a part of the neurons: of the own nodes of the tree,
/// which all then add up. Errors are carried back to the own sources.
template <class R>
void send_parts(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current);
template <class R>
void trade_errors_back(const Common<R>& common, ProjectionId p, const R* errors, R* sums);

/// The sum of the squares of all changes of a projection (delta).
template <class R>
R squares_of(const Common<R>& common, ProjectionId p, R* delta, R scale);

}  // namespace locus
