// What a benchmark measured, as lines for people or as one JSON object: {"bench": "...", "figures":
// [{"name": ..., ...}]}.
#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>
#include <vector>

namespace leadstream::bench {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  // What a program that does nothing but the same kind of work reached in the same minute; or what
  // is demanded.
  std::optional<double> limit;
};

class Figures {
 public:
  // Lines are printed as they come, unless it is to be JSON.
  Figures(std::string bench, bool json) : bench_(std::move(bench)), json_(json) {}

  void Add(Figure figure);
  // The JSON, if that is wanted.
  void Finish() const;

 private:
  const std::string bench_;
  const bool json_;
  std::vector<Figure> figures_;
};

// What the files of a directory come to.
double BytesIn(const std::string& directory);
// The value below which `share` of them are; sorts them. 0 of none.
double Quantile(std::vector<double>* values, double share);

}  // namespace leadstream::bench
