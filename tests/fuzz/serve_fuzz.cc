// Any bytes from a browser to the server of the live page: the head of a request, and the frames of
// a WebSocket after it.
//
// The server is the real one, on loopback. If the first byte of an input is even, its sender knows
// the address: every TOKEN in the input becomes the server's. PORT always becomes the server's. The
// fuzzer looks for a crash, a sanitiser's report, a conversation without an end, a server that no
// longer answers, and a page or a socket for a sender who does not know the address.
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "sim/serve/live_server.h"

namespace {

constexpr std::string_view kPage = "what only those may see who know the address";
constexpr std::size_t kTokenDigits = 32;
constexpr int kPatience =
    // seconds for an answer; the server's own time limit for a head is the same, but nothing here
    // waits
    5;
// inputs between two checks that the server still answers
constexpr unsigned kAlive = 64;

std::string with(std::string text, std::string_view placeholder, const std::string& value) {
  for (std::size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
  return text;
}

/// Sends `bytes` and returns everything until the server closes the connection.
std::string converse(std::uint16_t port, std::string_view bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience = {.tv_sec = kPatience, .tv_usec = 0};
  // leaves no port in a waiting state, because there are thousands of inputs a second
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::logic_error("the server no longer listens");
  (void)::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(socket, SHUT_WR);
  std::string heard;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::recv(socket, buffer, sizeof buffer, 0)) > 0) heard.append(buffer, static_cast<std::size_t>(count));
  const bool tired = count < 0 && errno == EAGAIN;
  ::close(socket);
  if (tired) throw std::logic_error("a conversation did not end");
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // one server for all inputs, which must not disturb each other
  static locus::LiveServer server(0, std::string(kPage));
  static const std::string token = server.url().substr(server.url().size() - kTokenDigits - 1, kTokenDigits);
  static unsigned inputs = 0;
  const std::string port = std::to_string(server.port());
  const bool knows = data[0] % 2 == 0;
  const std::string said = with(std::string(reinterpret_cast<const char*>(data) + 1, size - 1), "PORT", port);
  const std::string heard = converse(server.port(), knows ? with(said, "TOKEN", token) : said);
  const bool let_in = heard.find(kPage) != std::string::npos || heard.starts_with("HTTP/1.1 101");
  if (let_in && !knows) throw std::logic_error("somebody was let in without the address");
  if (++inputs % kAlive != 1) return 0;
  const std::string answer =
      converse(server.port(), "GET /" + token + "/ HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n");
  if (answer.find(kPage) == std::string::npos) throw std::logic_error("the server no longer answers");
  return 0;
}
