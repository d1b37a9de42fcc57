// The page: one HTML file that contains its script, its styles and its data.
//
// Its source is sim/report/page (TypeScript). The program embeds the committed bundle,
// sim/report/page/dist/page.html, so that its build needs no Node. Data and title may come from an
// unknown file: neither can leave its place in the page, and the policy of the page
// (Content-Security-Policy) runs no other script and opens no connection.
// Cost: one copy of the bundle, and of data that are given as text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/report/output.h"

namespace locus {

/// The bytes of the bundle.
std::string_view page_bundle();

/// The page for `json`, the text of one JSON value.
std::string page(std::string_view title, std::string_view json);
/// The same, of a JSON value that `write_json` puts piece by piece.
void write_page(std::string_view title, const std::function<void(Output&)>& write_json, Output& to);

}  // namespace locus
