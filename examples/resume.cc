// A run that keeps a checkpoint, is stopped, and goes on: its results are those of a run without a
// break, bit by bit.
#include <atomic>
#include <filesystem>
#include <iostream>

#include <locus/locus.h>

int main() {
  locus::Spec spec = locus::load("models/tiny.txtpb");
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "locus_example.ckpt";

  std::atomic<bool> stop = false;  // a signal or another thread may set it
  const auto keep = locus::keep_checkpoint(file, 5);
  const auto watch = [&](const locus::Moment& moment) {
    if (moment.present != nullptr && moment.present->updates == 5) stop = true;
    keep(moment);
  };
  const locus::Result broken = locus::run(spec, {.interrupt = &stop, .watch = watch});
  std::cout << broken.outcomes.back().rule << ": " << broken.outcomes.back().message << '\n';

  const locus::Result resumed = locus::resume(spec, file);
  const locus::Result whole = locus::run(spec);
  for (std::size_t k = 0; k < whole.outcomes.size(); ++k) {
    const bool same = resumed.outcomes[k].fingerprint == whole.outcomes[k].fingerprint;
    std::cout << whole.outcomes[k].rule << ": " << resumed.outcomes[k].updates << " updates, "
              << (same ? "the same bits" : "other bits") << '\n';
  }
  std::filesystem::remove(file);
}
