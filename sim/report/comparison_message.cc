#include "sim/report/comparison_message.h"

namespace locus {
namespace {

/// `all`, from which the elements are filled one at a time, as the field of this number.
template <class Message, class Element>
void lend(const std::vector<Element>& all, int field, LentLists& lists, const v1::Run& to) {
  const auto fill_one = [&all](std::size_t k, google::protobuf::Message& message) {
    fill(all[k], dynamic_cast<Message&>(message));
  };
  lists.add(to, field, LentMessages{all.size(), fill_one});
}

}  // namespace

void fill(const Alignment& from, v1::Alignment& to) {
  to.set_update(static_cast<std::int32_t>(from.update));
  to.set_rule(from.rule);
  to.set_with(from.with);
  to.set_projection(from.projection);
  if (from.cosine) to.set_cosine(*from.cosine);
  if (from.norm_ratio) to.set_norm_ratio(*from.norm_ratio);
  if (from.sign_agreement) to.set_sign_agreement(*from.sign_agreement);
}

Alignment alignment_of(const v1::Alignment& message) {
  Alignment alignment{message.update(), message.rule(), message.with(), message.projection(), {}, {}, {}};
  if (message.has_cosine()) alignment.cosine = message.cosine();
  if (message.has_norm_ratio()) alignment.norm_ratio = message.norm_ratio();
  if (message.has_sign_agreement()) alignment.sign_agreement = message.sign_agreement();
  return alignment;
}

void fill(const Scatter& from, v1::Scatter& to) {
  to.set_update(static_cast<std::int32_t>(from.update));
  to.set_rule(from.rule);
  to.set_projection(from.projection);
  if (from.bias) to.set_bias(*from.bias);
  if (from.noise) to.set_noise(*from.noise);
}

Scatter scatter_of(const v1::Scatter& message) {
  Scatter scatter{message.update(), message.rule(), message.projection(), {}, {}};
  if (message.has_bias()) scatter.bias = message.bias();
  if (message.has_noise()) scatter.noise = message.noise();
  return scatter;
}

void fill(const Curvature& from, v1::Curvature& to) {
  to.set_update(static_cast<std::int32_t>(from.update));
  to.set_largest_eigenvalue(from.largest_eigenvalue);
  to.set_residual(from.residual);
  to.set_products(from.products);
}

Curvature curvature_of(const v1::Curvature& message) {
  return {message.update(), message.largest_eigenvalue(), message.residual(), message.products()};
}

void lend(const Comparisons& from, LentLists& lists, const v1::Run& to) {
  lend<v1::Alignment>(from.alignment, v1::Run::kAlignmentFieldNumber, lists, to);
  lend<v1::Scatter>(from.scatter, v1::Run::kScatterFieldNumber, lists, to);
  lend<v1::Curvature>(from.curvature, v1::Run::kCurvatureFieldNumber, lists, to);
}

}  // namespace locus
