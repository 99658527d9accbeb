// Ever more people who ask, made of those of the samples.
#pragma once

#include <cstdint>
#include <vector>

#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::demo {

class Inquirers {
 public:
  // There is at least one sample.
  Inquirers(std::vector<lead::v1::CreateLeadRequest> samples, uint64_t seed);

  // The next inquiry: what one of the samples wants, asked by somebody with the given name of
  // another and the family name of a third, from the company of a fourth. Nobody has the address or
  // the number of anybody else, but for one in fifty, who asks once more.
  lead::v1::CreateLeadRequest Next();

  // From 0 to 1, from the same source of chance.
  double Chance();

 private:
  uint64_t Random();
  const lead::v1::Lead& Any();

  const std::vector<lead::v1::CreateLeadRequest> samples_;
  uint64_t state_;
  int64_t number_ = 0;
  lead::v1::CreateLeadRequest last_;
};

}  // namespace leadstream::demo
