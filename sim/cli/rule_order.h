// All rules in one order, from purely local to exact: what each sends, keeps and reaches in one
// network. The figures are closed forms, so that the page that has them runs nothing.
#pragma once

#include <string>

namespace locus {

/// The section of docs/rules.md.
std::string rule_order_markdown();

}  // namespace locus
