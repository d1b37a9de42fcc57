#include "tests/cli/invoke.h"

#include <csignal>
#include <fcntl.h>
#include <sstream>
#include <unistd.h>

#include <sys/wait.h>

namespace locus {

Answer invoke(const std::vector<std::string>& words) {
  std::vector<const char*> argv = {"locus"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code = locus_main(static_cast<int>(argv.size()), argv.data(), out, err);
  return {code, out.str(), err.str()};
}

::pid_t start(const std::vector<std::string>& words) {
  std::vector<const char*> argv = {LOCUS_PROGRAM};
  for (const std::string& word : words) argv.push_back(word.c_str());
  argv.push_back(nullptr);
  const ::pid_t child = ::fork();
  if (child != 0) return child;
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, 1);
  ::dup2(nowhere, 2);
  ::execv(argv[0], const_cast<char* const*>(argv.data()));
  ::_exit(127);
}

int wait_for(::pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string small_model_text(const std::string& name, const std::string& training) {
  return "# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n" +
         (name.empty() ? "" : "name: \"" + name + "\"\n") + R"(seed: 3
network {
  populations { name: "in"  size: 2 input {} }
  populations { name: "rec" size: 3 rate { activation: TANH leak: 0.5 } }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in"  target: "rec" weights { gaussian { gain: 1 } } }
  projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 0.8 } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
}
task { recorded {
  trials { input { rows: 4 cols: 2 values: [1, 2, 3, -1, 0.5, 1, -2, 1] } target { rows: 4 cols: 1 values: [0, 0, 0, 1] } }
  trials { input { rows: 4 cols: 2 values: [2, 1, 1, -3, 1, 1, 1, -2] } target { rows: 4 cols: 1 values: [0, 0, 0, -1] } }
} }
)" + (training.empty() ? "training { updates: 3 learning_rate: 0.1 }\n" : training) +
         R"(rules { name: "bptt" bptt {} }
rules { name: "rflo" rflo { feedback { weights { dense { rows: 1 cols: 3 values: [1, -1, 1] } } } } }
rules { name: "still" none {} }
)";
}

}  // namespace locus
