#include "sim/compile/compiler.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/base/level.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

std::optional<Compiler> compiler_at(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  struct stat file = {};
  if (error || stat(whole.c_str(), &file) != 0 || !S_ISREG(file.st_mode) || access(path.c_str(), X_OK) != 0)
    return std::nullopt;
  return Compiler{path,
                  fmt::format("{} {} {}.{}", whole.string(), file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec)};
}

/// The attributes and file actions of a child, freed at the end.
class ChildSettings {
 public:
  explicit ChildSettings(const fs::path& messages) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    // a group of its own, so that the programs which it starts end with it
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  ~ChildSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  ChildSettings(const ChildSettings&) = delete;
  ChildSettings& operator=(const ChildSettings&) = delete;

  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_ = {};
  posix_spawn_file_actions_t actions_ = {};
};

/// Waits for a child, and ends it with its group after kLongestCompilation.
std::string wait_for(pid_t child) {
  const auto end = std::chrono::steady_clock::now() + kLongestCompilation;
  for (auto pause = std::chrono::milliseconds(1);; pause = std::min(2 * pause, std::chrono::milliseconds(10))) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) {
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
      return WIFEXITED(status) ? fmt::format("the compiler failed with exit code {}", WEXITSTATUS(status))
                               : "the compiler was killed";
    }
    if (ended < 0 && errno != EINTR) return "the compiler's exit code was not to be had";
    if (std::chrono::steady_clock::now() > end) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return fmt::format("the compiler took more than {} s", kLongestCompilation.count());
    }
    std::this_thread::sleep_for(pause);
  }
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::optional<Compiler> find_compiler() {
  const char* const path = std::getenv("PATH");
  for (const std::string_view name : {"c++", "g++", "clang++"}) {
    std::string_view rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
      const std::size_t length = std::min(rest.find(':'), rest.size());
      const fs::path folder = rest.substr(0, length);
      rest.remove_prefix(std::min(length + 1, rest.size()));
      if (!folder.is_absolute()) continue;
      if (auto found = compiler_at(folder / name)) return found;
    }
  }
  return std::nullopt;
}

std::vector<std::string> compiler_flags() {
  std::vector<std::string> flags = {"-x",
                                    "c++",
                                    "-std=c++17",
                                    "-O3",
                                    "-w",
                                    "-fPIC",
                                    "-shared",
                                    "-ffp-contract=off",
                                    "-fno-math-errno",
                                    "-fno-trapping-math",
                                    "-fno-exceptions"};
  if (level() != "generic") flags.push_back("-march=" + std::string(level()));
  return flags;
}

std::string compile(const Compiler& compiler, const fs::path& source, const fs::path& library, const fs::path& messages) {
  std::vector<std::string> words = {compiler.program.string()};
  for (std::string& flag : compiler_flags()) words.push_back(std::move(flag));
  for (const std::string& word : {std::string("-o"), library.string(), source.string(), std::string("-lm")})
    words.push_back(word);
  std::vector<std::string> variables = {"PATH=" + compiler.program.parent_path().string() + ":/usr/local/bin:/usr/bin:/bin",
                                        "TMPDIR=" + library.parent_path().string(), "LC_ALL=C"};
  const ChildSettings settings(messages);
  pid_t child = 0;
  const int error = posix_spawn(&child, compiler.program.c_str(), settings.actions(), settings.attributes(),
                                pointers_to(words).data(), pointers_to(variables).data());
  if (error != 0) return "the compiler could not be started: " + std::generic_category().message(error);
  return wait_for(child);
}

}  // namespace locus
