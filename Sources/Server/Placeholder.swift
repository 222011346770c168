import Hummingbird
import HummingbirdTLS
import JWTKit
import Mustache
import CryptoExtras
