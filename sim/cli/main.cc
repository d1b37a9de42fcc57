// The process around the program: standard streams, and a reader that leaves early.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <string_view>
#include <unistd.h>

#include "sim/cli/app.h"
#include "sim/report/machine_memory.h"

namespace {

/// True if the reader of our standard output has closed it (`locus ... | head`).
bool reader_is_gone() {
  pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/// True if standard error is a terminal that can overwrite a line.
bool can_show_progress() {
  const char* const kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  // A run whose reader has left still writes its results; only its printing fails.
  ::signal(SIGPIPE, SIG_IGN);
  locus::return_large_blocks();
  // A file that reaches the system's limit (ulimit -f) is an error of its write.
  ::signal(SIGXFSZ, SIG_IGN);
  std::ios::sync_with_stdio(false);
  const int code = locus::locus_main(argc, argv, std::cout, std::cerr, can_show_progress());
  std::cout.flush();
  if (std::cout || reader_is_gone()) return code;
  std::cerr << "locus: standard output cannot be written\n";
  return code == 0 ? static_cast<int>(locus::Exit::kFailed) : code;
}
