// report.html: a result as a page that needs only a browser.
//
// The page is made from the result alone, so that `locus report` can make it again from the files
// of `run --out`. It contains no weights.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

std::string report_page(const RunResult& result);

/// The data of a page: `json`, a value of this kind ("result", "sweep", "live"), and the table of
/// channels.
std::string page_data(const std::string& kind, const std::string& json);
/// A page that shows `json`, a value of this kind ("result", "sweep").
std::string data_page(const std::string& name, const std::string& kind, const std::string& json);

/// The page of a result in a file (read_result.h says which files). Throws FileError, or ModelError
/// if the file is no result.
std::string report_page(const std::filesystem::path& result);

/// The default path of the page of `locus report`: next to the result.
std::filesystem::path default_report_path(const std::filesystem::path& result);

}  // namespace locus
