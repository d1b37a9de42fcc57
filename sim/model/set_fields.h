// set_fields: applies settings to a message. Internal to sim/model; settings.h explains paths and
// refusals.
#pragma once

#include <span>

#include <google/protobuf/message.h>

#include "sim/model/settings.h"

namespace locus {

/// Applies them in their order. Throws UsageError.
void set_fields(std::span<const Setting> settings, google::protobuf::Message& message);

}  // namespace locus
