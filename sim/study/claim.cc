#include "sim/study/claim.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace locus {

bool holds(const Check& check) {
  switch (check.relation) {
    case Relation::kAtMost: return check.measured <= check.expected;
    case Relation::kAtLeast: return check.measured >= check.expected;
    case Relation::kNear: return std::abs(check.measured - check.expected) <= check.tolerance;
    case Relation::kReported: return true;
  }
  return false;
}

bool Evidence::holds() const {
  return std::ranges::all_of(checks, [](const Check& check) { return locus::holds(check); });
}

std::span<const Claim> claims() {
  static constexpr std::array kClaims = std::to_array<Claim>({
      {"optimal-manifold", "Every rule rests on the manifold {ab = p*, w = w*}, where the loss is 0.",
       measure_optimal_manifold},
      {"saddle-manifold",
       "BPTT, truncated BPTT and symmetric e-prop rest on the saddles {a = b = 0}, whose loss is sum p*^2/[2(1 - w*^2)]; "
       "RFLO and random e-prop do not.",
       measure_saddle_manifold},
      {"stability-bptt-tbptt",
       "Every point of the optimal manifold is stable under BPTT and under truncated BPTT of any depth.",
       measure_stability_bptt_tbptt},
      {"stability-rflo",
       "Under RFLO an optimum is stable where feedback and readout agree in sign; "
       "otherwise it is a saddle if |feedback s| < b^2, and else the trace decides.",
       measure_stability_rflo},
      {"rates",
       "BPTT converges most slowly at s = +-sqrt|p*|; tBPTT(1) nears BPTT as |w*| -> 0; RFLO is slower than BPTT for most s.",
       measure_rates},
      {"detour",
       "From (1, 1, 0.6) RFLO passes the nearest branch of optima for the opposite one, where BPTT takes the nearest.",
       measure_detour},
      {"learned-feedback",
       "Learned feedback without a decay leaves |w| < 1 from a start that fixed feedback survives; a decay of 0.05 saves it, one of 0.01 does not.",
       measure_learned_feedback},
      {"expectation", "The mean of sampled updates approaches the exact expectation of each rule as 1/sqrt(trials).",
       measure_expectation},
      {"modes-decouple",
       "An aligned network stays aligned under BPTT, truncated BPTT and RFLO, each mode on its own ODE; under e-prop only where P is the identity.",
       measure_modes_decouple},
      {"unaligned",
       "A small unaligned student aligns with its teacher as it learns, and its two largest modes follow their ODE.",
       measure_unaligned},
      {"low-rank", "RFLO changes W and B of a dense linear network by matrices of rank o at most, aligned or not.",
       measure_low_rank},
      {"rank-order",
       "With one readout the spectra of what is learnt order as BPTT > e-prop > tBPTT(1) >= RFLO, and that of RFLO has rank 1.",
       measure_rank_order},
      {"width-free",
       "Without recurrent weights at the start a linear network of any width trains as one of at most m + o units (RFLO: m + 2o), "
       "aligned or not, under every rule but e-prop.",
       measure_width_free},
      {"overlap-rflo", "RFLO's training from such a start is that of 2o^2 + 3om numbers, whatever the width.",
       measure_overlap_rflo},
      {"sequence-loss",
       "With an error at every tick the sums over lags keep their form, with the weight 1 - k/T of lag k: expected updates, and overlaps of RFLO.",
       measure_sequence_loss},
      {"eprop-rank", "One update of e-prop changes W by a rank of at most o times the number of distinct self-weights W_ii.",
       measure_eprop_rank},
      {"rank-performance",
       "Over 20 unaligned students and all rules, runs whose change of W has more directions end at a lower loss.",
       measure_rank_performance},
      {"locality", "Each rule sends the messages that its closed form says, channel by channel and lag by lag.",
       measure_locality},
      {"placement",
       "Sensitivities that stay on their cores (rtrl:core) are nearly the gradient where cores are modules, and less where neurons stand at random.",
       measure_placement},
  });
  return kClaims;
}

std::string csv(const Table& table) {
  std::string text = fmt::format("{}\n", fmt::join(table.columns, ","));
  for (const std::vector<Cell>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      std::visit([&](const auto& value) { text += fmt::format("{}", value); }, row[i]);
    }
    text += '\n';
  }
  return text;
}

}  // namespace locus
