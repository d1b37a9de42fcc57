// The comparisons of a run as messages of results and checkpoints, and back.
#pragma once

#include "locus/v1/result.pb.h"
#include "sim/report/message_writer.h"
#include "sim/run/alignment.h"

namespace locus {

void fill(const Alignment& from, v1::Alignment& to);
void fill(const Scatter& from, v1::Scatter& to);
void fill(const Curvature& from, v1::Curvature& to);

Alignment alignment_of(const v1::Alignment& message);
Scatter scatter_of(const v1::Scatter& message);
Curvature curvature_of(const v1::Curvature& message);

/// Lends the comparisons to the message of a run; they outlive the lists.
void lend(const Comparisons& from, LentLists& lists, const v1::Run& to);

/// Writes them into a message with these three fields, and reads them.
template <class Message>
void fill(const Comparisons& from, Message& to) {
  for (const Alignment& one : from.alignment) fill(one, *to.add_alignment());
  for (const Scatter& one : from.scatter) fill(one, *to.add_scatter());
  for (const Curvature& one : from.curvature) fill(one, *to.add_curvature());
}

template <class Message>
Comparisons comparisons_of(const Message& message) {
  Comparisons all;
  for (const v1::Alignment& one : message.alignment()) all.alignment.push_back(alignment_of(one));
  for (const v1::Scatter& one : message.scatter()) all.scatter.push_back(scatter_of(one));
  for (const v1::Curvature& one : message.curvature()) all.curvature.push_back(curvature_of(one));
  return all;
}

}  // namespace locus
