// Prints the ratio of each benchmark beside its goal, and the number of missed goals.
#include <cstdio>

#include <benchmark/benchmark.h>

namespace {

class Table : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override {
    std::printf("%-58s %-15s %9s %9s %6s %13s %5s\n", "work", "unit", "rate/s", "limit/s", "ratio", "(quartiles)", "goal");
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const std::string name = run.run_name.function_name + (run.run_name.args.empty() ? "" : "/" + run.run_name.args);
      if (run.error_occurred) {
        std::printf("%-58s FAILED: %s\n", name.c_str(), run.error_message.c_str());
        ++failed_;
        continue;
      }
      const auto value = [&](const char* counter) {
        const auto found = run.counters.find(counter);
        return found == run.counters.end() ? 0.0 : static_cast<double>(found->second);
      };
      const bool missed = value("ratio") < value("goal");
      missed_ += missed ? 1 : 0;
      reported_ += value("goal") > 0 ? 1 : 0;  // rows without a goal are for information
      std::printf("%-58s %-15s %9.3g %9.3g %6.2f (%5.2f-%5.2f) %5.2f%s\n", name.c_str(), run.report_label.c_str(),
                  value("rate"), value("limit"), value("ratio"), value("q1"), value("q3"), value("goal"),
                  missed ? "  MISSED" : "");
      std::fflush(stdout);
    }
  }

  void Finalize() override {
    std::printf("%d of %d goals reached, %d failed\n", reported_ - missed_, reported_, failed_);
  }

 private:
  int reported_ = 0;
  int missed_ = 0;
  int failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  Table table;
  benchmark::RunSpecifiedBenchmarks(&table);
  return 0;
}
