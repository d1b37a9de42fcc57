#include "sim/serve/live_server.h"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "sim/serve/request.h"

namespace locus {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kLargestHead = 8192;  // bytes of a request
// bytes of a frame from a browser; the page sends none
constexpr std::size_t kLargestFrame = 1024;
constexpr std::size_t kMostStrangers = 16;        // connections that have not shown the token
constexpr int kMostGuests = 16;                   // connections that have shown it
constexpr std::chrono::seconds kSilence{2};       // until the first byte of a request
constexpr std::chrono::seconds kHeadPatience{5};  // from there, for the head of a request
// the time after an accept that failed; a connection that waits would otherwise wake it at once
constexpr std::chrono::milliseconds kPause{100};
// the time between two checks of a session for a newer snapshot
constexpr std::chrono::milliseconds kLook{100};

/// The computing time of this thread. It is not the clock on the wall, because on a busy machine a
/// snapshot takes long and yet costs the run little.
std::chrono::nanoseconds busy() {
  timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// True if fewer than `reserve` descriptors are left behind this one. Descriptors are given lowest
/// first, so all below it are in use.
bool is_among_the_last(int descriptor, int reserve) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return false;
  return static_cast<rlim_t>(descriptor) + static_cast<rlim_t>(reserve) >= limit.rlim_cur;
}

auto quietly(beast::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

}  // namespace

/// One browser's WebSocket. A reader and a writer use it; the last of the two to leave removes it.
struct Session {
  explicit Session(beast::tcp_stream stream) : socket(std::move(stream)), look(socket.get_executor()) {}
  websocket::stream<beast::tcp_stream> socket;
  asio::steady_timer look;
  bool closed = false;
  int users = 2;
};

struct LiveServer::State {
  State(std::string html, std::chrono::milliseconds patient, int reserved)
      : page(std::move(html)), patience(patient), reserve(reserved) {}

  // connections that have not shown the token, the oldest first; used by the server's thread only.
  // It outlives the context, whose conversations leave it.
  std::list<beast::tcp_stream*> strangers;
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  std::string page;
  std::chrono::milliseconds patience;
  int reserve;  // descriptors that are left to the run
  std::string token = random_token();
  std::uint16_t port = 0;
  std::string host;             // as for reply_to
  int guests = 0;               // connections with the token; used by the server's thread only
  std::list<Session> sessions;  // used by the server's thread only

  std::mutex mutex;      // guards the next two fields
  std::string snapshot;  // the newest snapshot, JSON
  std::uint64_t version = 0;
  std::atomic<int> waiting = 0;    // sessions that have taken the newest snapshot
  std::atomic<int> open = 0;       // number of sessions
  std::atomic<bool> over = false;  // true: no snapshot will follow
  // busy() at the call of `wanted` whose snapshot is not there yet; used by the publisher only
  std::optional<std::chrono::nanoseconds> start;
  // the earliest time for the next snapshot; used by the publisher only
  Clock::time_point next{};
  std::thread thread;

  asio::awaitable<void> listen();
  void admit(tcp::socket socket);
  bool dismiss_stranger();
  asio::awaitable<void> converse(beast::tcp_stream stream);
  asio::awaitable<Reply> hear(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                              http::request_parser<http::empty_body>& parser, beast::error_code& error);
  asio::awaitable<void> greet(beast::tcp_stream stream, http::request<http::empty_body> request, Reply reply);
  asio::awaitable<void> answer(beast::tcp_stream& stream, Reply reply);
  asio::awaitable<void> read(std::list<Session>::iterator session);
  asio::awaitable<void> write(std::list<Session>::iterator session);
  void leave(std::list<Session>::iterator session);
};

asio::awaitable<void> LiveServer::State::listen() {
  asio::steady_timer pause(context);
  for (;;) {
    beast::error_code error;
    tcp::socket socket = co_await acceptor.async_accept(quietly(error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error) {
      admit(std::move(socket));
      continue;
    }
    pause.expires_after(kPause);
    co_await pause.async_wait(quietly(error));
  }
}

/// Begins a conversation. If there is no room, the oldest stranger leaves for it: a browser with
/// the token speaks at once, so it is not among the old ones.
void LiveServer::State::admit(tcp::socket socket) {
  const bool crowded = strangers.size() >= kMostStrangers || is_among_the_last(socket.native_handle(), reserve);
  if (crowded && !dismiss_stranger()) return;  // this closes the socket
  beast::error_code error;
  socket.set_option(asio::socket_base::send_buffer_size(kSendBuffer), error);
  co_spawn(context, converse(beast::tcp_stream(std::move(socket))), asio::detached);
}

/// Closes the oldest connection without the token; false if there is none.
bool LiveServer::State::dismiss_stranger() {
  if (strangers.empty()) return false;
  strangers.front()->close();
  strangers.pop_front();
  return true;
}

/// Reads one request and answers it, as a stranger until it shows the token.
asio::awaitable<void> LiveServer::State::converse(beast::tcp_stream stream) {
  struct Stay {
    std::list<beast::tcp_stream*>& strangers;
    beast::tcp_stream* stream;
    ~Stay() { strangers.remove(stream); }
  };
  strangers.push_back(&stream);
  const Stay stay{strangers, &stream};
  beast::flat_buffer buffer(kLargestHead);
  http::request_parser<http::empty_body> parser;
  beast::error_code error;
  const Reply reply = co_await hear(stream, buffer, parser, error);
  if (error) co_return;
  if (reply != Reply::kPage && reply != Reply::kSocket) {
    co_await answer(stream, reply);
    co_return;
  }
  strangers.remove(&stream);
  if (guests >= kMostGuests) co_return;
  ++guests;
  co_spawn(context, greet(std::move(stream), parser.release(), reply), [this](const std::exception_ptr&) { --guests; });
}

/// Reads the head of a request and decides about it.
asio::awaitable<Reply> LiveServer::State::hear(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                               http::request_parser<http::empty_body>& parser, beast::error_code& error) {
  parser.header_limit(kLargestHead);
  stream.expires_after(kSilence);
  buffer.commit(co_await stream.async_read_some(buffer.prepare(kLargestHead), quietly(error)));
  if (error) co_return Reply::kForbidden;
  stream.expires_after(kHeadPatience);
  co_await http::async_read(stream, buffer, parser, quietly(error));
  const auto& request = parser.get();
  const auto text = [](beast::string_view view) { return std::string_view(view.data(), view.size()); };
  co_return reply_to({.method = text(request.method_string()),
                      .target = text(request.target()),
                      .host = text(request[http::field::host]),
                      .origin = text(request[http::field::origin]),
                      .upgrade = websocket::is_upgrade(request)},
                     port, token, host);
}

/// Answers a request with the token; a WebSocket continues as a session.
asio::awaitable<void> LiveServer::State::greet(beast::tcp_stream stream, http::request<http::empty_body> request,
                                               Reply reply) {
  if (reply != Reply::kSocket || open >= kMostBrowsers) {
    co_await answer(stream, reply);
    co_return;
  }
  const auto session = sessions.emplace(sessions.end(), std::move(stream));
  ++open;
  beast::get_lowest_layer(session->socket).expires_never();
  // The page itself sends nothing. The answer to a ping distinguishes a browser that is present
  // from one that is gone.
  session->socket.set_option(websocket::stream_base::timeout{kHeadPatience, patience, true});
  session->socket.read_message_max(kLargestFrame);
  beast::error_code error;
  co_await session->socket.async_accept(request, quietly(error));
  session->closed = static_cast<bool>(error);
  co_spawn(context, read(session), asio::detached);
  co_spawn(context, write(session), asio::detached);
}

asio::awaitable<void> LiveServer::State::answer(beast::tcp_stream& stream, Reply reply) {
  http::response<http::string_body> response;
  response.version(11);
  response.keep_alive(false);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.set("Referrer-Policy", "no-referrer");
  response.set(http::field::x_frame_options, "DENY");
  response.set("X-Content-Type-Options", "nosniff");
  switch (reply) {
    case Reply::kPage:
      response.result(http::status::ok);
      response.set(http::field::content_type, "text/html; charset=utf-8");
      response.body() = page;
      break;
    case Reply::kSocket:
      response.result(http::status::service_unavailable);
      response.body() = "too many browsers\n";
      break;
    case Reply::kForbidden:
      response.result(http::status::forbidden);
      response.body() = "not from here\n";
      break;
    case Reply::kNotFound:
      response.result(http::status::not_found);
      response.body() = "no such page\n";
      break;
    case Reply::kMethodNotAllowed:
      response.result(http::status::method_not_allowed);
      response.set(http::field::allow, "GET");
      response.body() = "only GET\n";
      break;
  }
  response.prepare_payload();
  stream.expires_after(patience);
  beast::error_code error;
  co_await http::async_write(stream, response, quietly(error));
  stream.socket().shutdown(tcp::socket::shutdown_send, error);
}

void LiveServer::State::leave(std::list<Session>::iterator session) {
  session->closed = true;
  session->look.cancel();
  if (--session->users > 0) {
    beast::get_lowest_layer(session->socket).cancel();
    return;
  }
  sessions.erase(session);
  --open;
}

/// Reads and ignores the frames of a browser. A frame that is too large, or the end of the stream,
/// ends the session.
asio::awaitable<void> LiveServer::State::read(std::list<Session>::iterator session) {
  beast::flat_buffer buffer;
  beast::error_code error;
  while (!session->closed) {
    buffer.clear();
    co_await session->socket.async_read(buffer, quietly(error));
    if (error) break;
  }
  leave(session);
}

asio::awaitable<void> LiveServer::State::write(std::list<Session>::iterator session) {
  std::uint64_t sent = 0;
  beast::error_code error;
  while (!session->closed) {
    std::string text;
    {
      const std::lock_guard lock(mutex);
      if (version != sent) text = snapshot;
      sent = version;
    }
    if (text.empty()) {
      if (over) break;
      ++waiting;
      session->look.expires_after(kLook);
      co_await session->look.async_wait(quietly(error));
      --waiting;
      continue;
    }
    // a browser that takes nothing answers no ping, and loses its socket after `patience`, too
    co_await session->socket.async_write(asio::buffer(text), quietly(error));
    if (error) break;
  }
  if (!session->closed && over) co_await session->socket.async_close(websocket::close_code::normal, quietly(error));
  leave(session);
}

bool is_address(const std::string& text) {
  boost::system::error_code error;
  asio::ip::make_address(text, error);
  return !error;
}

LiveServer::LiveServer(std::uint16_t port, std::string page, std::chrono::milliseconds patience,
                       const std::string& address, int reserve)
    : state_(std::make_unique<State>(std::move(page), patience, reserve)) {
  const tcp::endpoint endpoint(asio::ip::make_address(address), port);
  if (!endpoint.address().is_unspecified()) state_->host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  try {
    state_->acceptor.open(endpoint.protocol());
    state_->acceptor.set_option(asio::socket_base::reuse_address(true));
    state_->acceptor.bind(endpoint);
    state_->acceptor.listen();
  } catch (const boost::system::system_error& error) {
    throw std::system_error(error.code().value(), std::system_category(),
                            fmt::format("--serve: port {} of {}", port, address));
  }
  state_->port = state_->acceptor.local_endpoint().port();
  co_spawn(state_->context, state_->listen(), asio::detached);
  state_->thread = std::thread([this] { state_->context.run(); });
}

LiveServer::~LiveServer() {
  state_->over = true;
  const Clock::time_point end = Clock::now() + kFarewell;
  while (state_->open > 0 && Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  state_->context.stop();
  state_->thread.join();
}

std::string LiveServer::url() const {
  const std::string host = state_->host.empty() ? asio::ip::host_name() : state_->host;
  return fmt::format("http://{}:{}/{}/", host, state_->port, state_->token);
}

std::uint16_t LiveServer::port() const { return state_->port; }

bool LiveServer::wanted() {
  if (state_->waiting.load(std::memory_order_relaxed) == 0) return false;
  const Clock::time_point now = Clock::now();
  if (now < state_->next) return false;
  state_->start = busy();
  return true;
}

void LiveServer::publish(std::string json) {
  const Clock::time_point now = Clock::now();
  const std::chrono::nanoseconds cost = state_->start ? busy() - *state_->start : std::chrono::nanoseconds::zero();
  state_->start.reset();
  state_->next = now + std::max<Clock::duration>(kPace, cost * kShare);
  const std::lock_guard lock(state_->mutex);
  state_->snapshot = std::move(json);
  ++state_->version;
}

}  // namespace locus
