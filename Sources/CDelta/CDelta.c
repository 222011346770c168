#include "CDelta.h"
