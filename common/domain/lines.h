// Editing the lines of a document: once, for opportunity and quote alike.
//
//   OpportunityLinesAdded added;                       // deciding: on a copy
//   auto lines = opportunity.lines();
//   int64_t next_line = opportunity.next_line();
//   auto bad = AddLines(request.lines(), "lines", &lines, &next_line);
//   if (!bad.empty()) return RefuseFields(OPPORTUNITY_LINES_INVALID, "...", bad);
//
//   PutLines(event.lines(), opportunity->mutable_lines());   // folding: total
//
// A line's key is chosen by the client, or else is the next of "1", "2", ...; the document keeps
// that counter (0 and 1 both mean that none was given yet), so that a number is never given twice,
// even after its line was removed. A number that the client chooses moves the counter past it; a
// word that the client chose may be chosen again once its line is gone. What a line says is not
// looked at here: see DocumentProblems in totals.h.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/repeated_field.h>

#include <cstdint>
#include <vector>

#include "common/domain/decision.h"
#include "leadstream/common/v1/document.pb.h"

namespace leadstream::domain {

using Lines = google::protobuf::RepeatedPtrField<common::v1::Line>;

// The most lines that one document may have; it bounds the size of a resource and of its events.
inline constexpr int kLinesMax = 1000;

// Null if there is no line of that key. The pointer is into `lines`.
const common::v1::Line* FindLine(absl::string_view line_id, const Lines& lines);

// Deciding. Each answers every bad field, its path beginning with `path`; empty: all is well. With
// any bad field the outputs are half-edited and must be thrown away.

// Appends `added`, giving a key to each line that has none. Bad: a key that is there already, twice
// in `added`, or a number that was given before; more than kLinesMax.
std::vector<FieldViolation> AddLines(const Lines& added, absl::string_view path, Lines* lines,
                                     int64_t* next_line);

// Changes the fields of `mask` (see ApplyMask) in the line whose key `changed` has. Bad: no such
// line.
std::vector<FieldViolation> UpdateLine(const common::v1::Line& changed,
                                       const google::protobuf::FieldMask& mask,
                                       absl::string_view path, Lines* lines);

// Removes it. Bad: no such line (the path is `path` itself).
std::vector<FieldViolation> RemoveLine(absl::string_view line_id, absl::string_view path,
                                       Lines* lines);

// Folding. Total: history is never refused.

// Each line takes the place of the one with its key, or comes last.
void PutLines(const Lines& put, Lines* lines);
// The order of the others stays. Without such a line nothing happens.
void DropLine(absl::string_view line_id, Lines* lines);

}  // namespace leadstream::domain
