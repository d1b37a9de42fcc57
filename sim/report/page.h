// The page: one HTML file with its script and its styles inside, and the data that it draws.
//
// Its source is sim/report/page (TypeScript); what is embedded here is the committed bundle,
// sim/report/page/dist/page.html, so that building the program needs no Node. Data and title may
// come from anybody's file: neither can leave its place in the page, and the page's policy
// (Content-Security-Policy) runs no script but its own and opens no connection. Cost: a copy of the
// bundle and of the data.
#pragma once

#include <string>
#include <string_view>

namespace locus {

/// Bytes of the bundle.
std::string_view page_bundle();

/// The page for `json`, the text of one JSON value.
std::string page(std::string_view title, std::string_view json);

}  // namespace locus
