// Boost.Asio as Debian 12 has it (1.74): with g++ 12 in C++20 its coroutine header needs <utility>
// included first.
#pragma once

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
