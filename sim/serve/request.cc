#include "sim/serve/request.h"

#include <array>
#include <random>

#include <fmt/format.h>

namespace locus {
namespace {

/// In a time that does not depend on where they differ.
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i])) ^
                  static_cast<unsigned>(static_cast<unsigned char>(b[i]));
  return difference == 0;
}

bool is_ours(std::string_view host, std::uint16_t port) {
  return host == fmt::format("127.0.0.1:{}", port) || host == fmt::format("localhost:{}", port);
}

}  // namespace

Reply reply_to(const RequestHead& head, std::uint16_t port, std::string_view token) {
  if (!is_ours(head.host, port)) return Reply::kForbidden;
  if (head.method != "GET") return Reply::kMethodNotAllowed;
  const bool page = same(head.target, fmt::format("/{}/", token));
  const bool socket = same(head.target, fmt::format("/{}/live", token));
  if (!page && !socket) return Reply::kNotFound;
  if (page) return head.upgrade ? Reply::kNotFound : Reply::kPage;
  constexpr std::string_view kScheme = "http://";
  const bool own = head.origin.starts_with(kScheme) && is_ours(head.origin.substr(kScheme.size()), port);
  if (!own) return Reply::kForbidden;
  return head.upgrade ? Reply::kSocket : Reply::kNotFound;
}

std::string random_token() {
  std::random_device device;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", device());
  return token;
}

}  // namespace locus
