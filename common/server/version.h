// The version that this is, such as "0.1.0".
#pragma once

namespace leadstream::server {

const char* Version();

}  // namespace leadstream::server
