#include "sim/serve/request.h"

#include <array>
#include <random>

#include <fmt/format.h>

namespace locus {
namespace {

/// Compares in a time that does not depend on the place of the first difference.
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i])) ^
                  static_cast<unsigned>(static_cast<unsigned char>(b[i]));
  return difference == 0;
}

bool is_ours(std::string_view said, std::uint16_t port, std::string_view host) {
  if (host.empty()) return said.ends_with(fmt::format(":{}", port));
  return said == fmt::format("{}:{}", host, port) || (host == kLoopback && said == fmt::format("localhost:{}", port));
}

}  // namespace

Reply reply_to(const RequestHead& head, std::uint16_t port, std::string_view token, std::string_view host) {
  if (!is_ours(head.host, port, host)) return Reply::kForbidden;
  if (head.method != "GET") return Reply::kMethodNotAllowed;
  const bool page = same(head.target, fmt::format("/{}/", token));
  const bool socket = same(head.target, fmt::format("/{}/live", token));
  if (!page && !socket) return Reply::kNotFound;
  if (page) return head.upgrade ? Reply::kNotFound : Reply::kPage;
  constexpr std::string_view kScheme = "http://";
  if (!head.origin.starts_with(kScheme)) return Reply::kForbidden;
  const std::string_view origin = head.origin.substr(kScheme.size());
  if (!is_ours(origin, port, host) || (host.empty() && origin != head.host)) return Reply::kForbidden;
  return head.upgrade ? Reply::kSocket : Reply::kNotFound;
}

std::string random_token() {
  std::random_device device;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", device());
  return token;
}

}  // namespace locus
