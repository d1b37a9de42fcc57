#include "sim/cli/live_show.h"

namespace locus {

LiveShow::LiveShow(const std::string& address, std::uint16_t port, const Spec& first, std::size_t models)
    : place_{.model = 0, .models = models},
      server_(port, live_page(first.name, snapshot(not_begun(first), nullptr, nullptr, curves_, place_)),
              LiveServer::kPatience, address, LiveServer::kReserve + static_cast<int>(first.records.size())) {}

void LiveShow::begin(const Spec& spec, std::size_t model) {
  place_.model = model;
  curves_ = {};
  if (model > 0)
    // the page itself contains the first model
    server_.publish(snapshot(not_begun(spec), nullptr, nullptr, curves_, place_));
}

void LiveShow::observe(const Moment& moment) {
  if (server_.wanted()) server_.publish(snapshot(moment.done, moment.present, moment.ledger, curves_, place_));
}

void LiveShow::end(const RunResult& result, bool over) {
  server_.publish(last_snapshot(result, over, curves_, place_));
}

}  // namespace locus
