// Access to the live page: one decision for every request, made from its head alone.
//
// The rules are strict because any page in the same browser, and any name that resolves to this
// machine, can send requests here. The address therefore contains a random token. The Host must be
// ours, so that a foreign name for loopback is refused (DNS rebinding). The Origin of a WebSocket
// must be ours, so that a foreign page is refused. A server at all addresses does not know the
// names of its machine: there the Origin of a WebSocket must agree with Host, and only the token
// keeps others out. Nothing can be written, because only GET has an answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace locus {

struct RequestHead {
  std::string_view method;  // "GET"
  std::string_view target;  // "/TOKEN/"
  std::string_view host;
  std::string_view origin;  // empty if the request has none
  bool upgrade = false;     // true: a request for a WebSocket
};

enum class Reply { kPage, kSocket, kForbidden, kNotFound, kMethodNotAllowed };

inline constexpr std::string_view kLoopback = "127.0.0.1";

/// `port`: of the server; `token`: as in the address; `host`: its address in the form of a URL
/// (IPv6 in brackets), empty for all addresses.
Reply reply_to(const RequestHead& head, std::uint16_t port, std::string_view token, std::string_view host = kLoopback);

/// 32 hex digits: 128 bits from the system's source of randomness.
std::string random_token();

}  // namespace locus
