// Who may see the live page: one decision for every request, made of its head alone.
//
// Why so strict: any page in the same browser, and any name that resolves to this machine, can send
// requests here. So the address holds a random token; Host must be ours (a foreign name that
// resolves to loopback is refused: DNS rebinding); a WebSocket's Origin must be ours (a foreign
// page is refused). A server at all addresses of a machine does not know its names: there a
// WebSocket's Origin must be what Host says, and the token is what keeps others out. Nothing can be
// written: only GET is answered.
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

inline constexpr std::string_view kLoopback = "127.0.0.1";

/// `port`: of the server; `token`: as it stands in the address; `host`: its address as a URL has it
/// (IPv6 in brackets), empty for all addresses.
Reply reply_to(const RequestHead& head, std::uint16_t port, std::string_view token, std::string_view host = kLoopback);

/// 32 hex digits, 128 bits from the system's source of randomness.
std::string random_token();

}  // namespace locus
