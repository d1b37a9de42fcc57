#include "sim/report/page.h"

#include "core/base/check.h"

namespace locus {
namespace {

std::string as_html(std::string_view text) {
  std::string html;
  for (const char character : text) {
    switch (character) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      default: html += character;
    }
  }
  return html;
}

/// JSON without any '<', so that nothing in it can end the element around it.
std::string within_script(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char character : json) {
    if (character == '<') {
      text += "\\u003c";  // '<' occurs in strings only
    } else {
      text += character;
    }
  }
  return text;
}

}  // namespace

void write_page(std::string_view title, const std::function<void(Output&)>& write_json, Output& to) {
  constexpr std::string_view kTitle = "<title>locus";
  constexpr std::string_view kData = "<script type=\"application/json\" id=\"data\">";
  const std::string_view bundle = page_bundle();
  const std::size_t title_at = bundle.find(kTitle);
  const std::size_t data_at = bundle.find(kData);
  CHECK(title_at < data_at && data_at != std::string_view::npos, "the bundle has a place for its title and for its data");
  to.put(bundle.substr(0, title_at));
  to.put("<title>" + as_html(title));
  to.put(bundle.substr(title_at + kTitle.size(), data_at + kData.size() - title_at - kTitle.size()));
  Output json([&](std::string_view piece) { to.put(within_script(piece)); });
  write_json(json);
  json.flush();
  to.put(bundle.substr(data_at + kData.size()));
}

std::string page(std::string_view title, std::string_view json) {
  return text_of([&](Output& to) {
    write_page(
        title, [&](Output& data) { data.put(json); }, to);
  });
}

}  // namespace locus
