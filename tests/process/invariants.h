// What must hold of the business whenever nothing is under way, whoever did what in which order.
#pragma once

#include <string>
#include <vector>

#include "tests/process/world.h"

namespace leadstream::process {

// What does not hold, one line each.
//
//   every amount and quantity that may not be negative is not
//   an accepted quote has one order, at the quote's totals to the cent, and no other quote has one
//   of each line: fulfilled + canceled <= ordered, invoiced <= fulfilled, credited <= invoiced
//   an order's invoices less its credit notes come to the order to the cent, once all is invoiced
//   what an invoice says of its payments adds up, and more than is owed is paid only as OVERPAID
//   invoices are numbered without a gap by seller, kind and year, in the order of the log
//   the services agree: an opportunity knows its quotes, an order its invoices, a lead its sale
//   what a reaction was refused is known to be possible
std::vector<std::string> Broken(const World& world);

}  // namespace leadstream::process
