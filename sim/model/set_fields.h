// set_fields: settings applied to a message. Internal to sim/model; settings.h says what a path
// means and what is refused.
#pragma once

#include <span>

#include <google/protobuf/message.h>

#include "sim/model/settings.h"

namespace locus {

/// In their order. Throws UsageError.
void set_fields(std::span<const Setting> settings, google::protobuf::Message& message);

}  // namespace locus
