// report.html: a result as a page that needs only a browser.
//
// The page is made from the result and the recordings beside it, so that `locus report` can make it
// again from the files of `run --out`. It contains no weights.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "sim/report/output.h"
#include "sim/run/result.h"

namespace locus {

/// The page of a result, with the last trial of its recordings where they are in `folder`.
void write_report_page(const RunResult& result, const std::filesystem::path& folder, Output& to);
/// The same without recordings.
void write_report_page(const RunResult& result, Output& to);

/// The data of a page: `json`, a value of this kind ("result", "sweep", "live"), and the table of
/// channels.
std::string page_data(const std::string& kind, const std::string& json);
/// A page that shows the JSON that `write_json` puts, a value of this kind ("result", "sweep").
void write_data_page(const std::string& name, const std::string& kind, const std::function<void(Output&)>& write_json,
                     Output& to);

/// The page of a result in a file (read_result.h says which files), which replaces `page`. Throws
/// FileError, or ModelError if the file is no result.
void write_report_page(const std::filesystem::path& result, const std::filesystem::path& page);

/// The default path of the page of `locus report`: next to the result.
std::filesystem::path default_report_path(const std::filesystem::path& result);

}  // namespace locus
