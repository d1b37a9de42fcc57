// report.html: a result as a page that needs nothing but a browser.
//
// Made from the result alone: `locus report` makes it again from what `run --out` wrote. Weights
// stay out of it.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

std::string report_page(const RunResult& result);

/// The data that a page draws: `json`, a value of this kind ("result", "sweep", "live"), and the
/// table of channels.
std::string page_data(const std::string& kind, const std::string& json);
/// A page that draws `json`, a value of this kind ("result", "sweep").
std::string data_page(const std::string& name, const std::string& kind, const std::string& json);

/// Of a result as it was written (read_result.h says which files). Throws FileError, or ModelError
/// where the file is no result.
std::string report_page(const std::filesystem::path& result);

/// Where `locus report` writes unless told otherwise: beside the result.
std::filesystem::path report_beside(const std::filesystem::path& result);

}  // namespace locus
