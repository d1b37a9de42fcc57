#include "sim/model/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace locus {
namespace {

constexpr std::size_t kLongestGuess = 100;   // letters; beyond it nobody meant a name of ours
constexpr std::size_t kMostCompared = 1000;  // candidates; a hostile file may offer millions
constexpr std::size_t kMostListed = 12;

char lower(char letter) { return static_cast<char>(std::tolower(static_cast<unsigned char>(letter))); }

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<int> before(width), last(width), row(width);
  for (std::size_t j = 0; j < width; ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j < width; ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[width - 1];
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  if (name.empty() || name.size() > kLongestGuess) return {};
  const std::string* best = nullptr;
  int best_distance = 0;
  for (const std::string& candidate : candidates.first(std::min(candidates.size(), kMostCompared))) {
    if (candidate.size() > kLongestGuess) continue;
    const int distance = edit_distance(name, candidate);
    const int allowed = std::max<int>(1, static_cast<int>(std::max(name.size(), candidate.size())) / 3);
    if (distance > allowed || distance >= static_cast<int>(candidate.size())) continue;
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : *best;
}

std::string suggestion(std::string_view name, std::span<const std::string> candidates) {
  const std::string near = nearest(name, candidates);
  if (!near.empty()) return "did you mean \"" + near + "\"?";
  if (candidates.empty()) return {};
  std::string text = "known here: ";
  for (std::size_t i = 0; i < candidates.size() && i < kMostListed; ++i) text += (i > 0 ? ", " : "") + candidates[i];
  if (candidates.size() > kMostListed) text += " and " + std::to_string(candidates.size() - kMostListed) + " more";
  return text;
}

}  // namespace locus
