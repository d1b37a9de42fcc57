// The page: one HTML file that contains its script, its styles and its data.
//
// Its source is sim/report/page (TypeScript). The program embeds the committed bundle,
// sim/report/page/dist/page.html, so that its build needs no Node. Data and title may come from an
// unknown file: neither can leave its place in the page, and the policy of the page
// (Content-Security-Policy) runs no other script and opens no connection.
// Cost: one copy of the bundle and of the data.
#pragma once

#include <string>
#include <string_view>

namespace locus {

/// The bytes of the bundle.
std::string_view page_bundle();

/// The page for `json`, the text of one JSON value.
std::string page(std::string_view title, std::string_view json);

}  // namespace locus
