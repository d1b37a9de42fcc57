// FunctionRef: a borrowed callable of two words without allocation (std::function may allocate, and
// a trial must not).
//
// Lifetime: it refers to the callable from which it was made. Use it only as a parameter, or as a
// member of a struct that is a parameter.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace locus {

template <class Signature>
class FunctionRef;

template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  // The constraint keeps copies away from this overload, which clang-tidy does not see.
  // NOLINTBEGIN(bugprone-forwarding-reference-overload)
  template <class Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, FunctionRef> &&
           std::is_invocable_r_v<Result, Callable&, Arguments...>) FunctionRef(Callable&& callable)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* object, Arguments... arguments) -> Result {
          return (*static_cast<std::remove_reference_t<Callable>*>(object))(std::forward<Arguments>(arguments)...);
        }) {}
  // NOLINTEND(bugprone-forwarding-reference-overload)

  Result operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

 private:
  void* object_;
  Result (*call_)(void*, Arguments...);
};

}  // namespace locus
