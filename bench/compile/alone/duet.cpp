#include <duet/duet.hpp>
