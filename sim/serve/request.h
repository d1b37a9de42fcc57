// Who may see the live page: one decision for every request, made of its head alone.
//
// Why so strict: any page in the same browser, and any name that resolves to this machine, can send requests here. So the address holds a random
// token; Host must be ours (a foreign name that resolves to loopback is refused: DNS rebinding); a WebSocket's Origin must be ours (a foreign page
// is refused). Nothing can be written: only GET is answered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace locus {

struct RequestHead {
  std::string_view method;  // "GET"
  std::string_view target;  // "/TOKEN/"
  std::string_view host;
  std::string_view origin;  // empty where there is none
  bool upgrade = false;     // asks for a WebSocket
};

enum class Reply { kPage, kSocket, kForbidden, kNotFound, kMethodNotAllowed };

/// `port`: of the server; `token`: as it stands in the address.
Reply reply_to(const RequestHead& head, std::uint16_t port, std::string_view token);

/// 32 hex digits, 128 bits from the system's source of randomness.
std::string random_token();

}  // namespace locus
