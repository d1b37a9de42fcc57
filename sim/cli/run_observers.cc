#include "sim/cli/run_observers.h"

#include <ostream>
#include <string>

namespace locus {

RunObservers::RunObservers(const RunArguments& arguments, const std::vector<Job>& jobs, const RunOrigin& origin,
                           ProgressLine& progress, const Console& console)
    : jobs_(jobs), origin_(origin), progress_(progress), with_curves_(!arguments.tensorboard.empty()) {
  if (arguments.serve) {
    const std::string host = arguments.serve_host.empty() ? std::string(kLoopback) : arguments.serve_host;
    live_.emplace(host, *arguments.serve, jobs.front().spec, jobs.size());
    (arguments.json ? console.err : console.out) << "live: " << live_->url() << std::endl;
  }
  if (arguments.checkpoint.has_file()) {
    checkpointer_.emplace(arguments.checkpoint.file(), arguments.checkpoint.every(), origin.request,
                          jobs.front().recordings.get(), origin.is_changed);
  }
}

void RunObservers::begin(const Job& job) {
  job_ = &job;
  if (live_) live_->begin(job.spec, static_cast<std::size_t>(&job - jobs_.data()));
  course_.reset();
  if (with_curves_) course_.emplace(job.spec, origin_.curves);
}

void RunObservers::observe(const Moment& moment) {
  progress_.observe(moment, job_->spec);
  if (job_->recordings) job_->recordings->observe(moment);
  if (course_) course_->observe(moment);
  if (checkpointer_) checkpointer_->observe(moment, course_ ? &course_->series() : nullptr);
  if (live_) live_->observe(moment);
}

std::vector<RuleSeries> RunObservers::end(const RunResult& result, bool last, bool complete) {
  if (job_->recordings) job_->recordings->end(result);
  if (checkpointer_ && complete) checkpointer_->finish(result, course_ ? &course_->series() : nullptr);
  progress_.clear();
  if (live_) live_->end(result, last);
  return course_ ? course_->end(result) : std::vector<RuleSeries>{};
}

}  // namespace locus
