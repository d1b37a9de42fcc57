// Any bytes as an engine file: read, and if it has no fault, three rules are bound to it. Faults
// and rules that do not fit are the normal result; the fuzzer looks for a crash, a sanitiser's
// report, a failing CHECK, unbounded time, or an answer without its reasons.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/engine.h"
#include "sim/model/errors.h"
#include "tests/engine/models.h"

namespace {

std::optional<locus::EngineSpec> read(const std::string& text) {
  try {
    return locus::read_engine(text, "engine.txtpb");
  } catch (const locus::ModelError&) {
    return std::nullopt;
  }
}

/// RFLO onto rate neurons, e-prop onto spiking ones with adaptation, and spikes alone.
std::vector<locus::Spec> models() {
  using namespace locus::engines;
  return {network(kRate, kNoise, "rflo {}"), network(kAlif, kSpikes, "eprop {}"),
          network(kLif, kSpikes,
                  R"(local { trace { name: "x" next: "0.9*x + pre" at: SOURCE } change_on_post_spike: "-x" })")};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<locus::Spec> specs = models();
  const auto engine = read({reinterpret_cast<const char*>(data), size});
  if (!engine) return 0;
  for (const locus::Spec& spec : specs) {
    const locus::Fit fit = locus::engines::fit_on(spec, *engine);
    if (fit.fits ? !fit.lacks.empty() : fit.lacks.empty()) __builtin_trap();
  }
  return 0;
}
