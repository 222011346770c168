import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The stylesheet, the script and the picture: the only things that pages load.
struct AssetsFeature: Sendable {
    func add(to router: Router<RequestScope>) {
        let assets: [(path: String, type: String, text: String)] = [
            ("/assets/weir.css", "text/css; charset=utf-8", Stylesheet.text),
            ("/assets/weir.js", "text/javascript; charset=utf-8", Script.text),
            ("/assets/weir.svg", "image/svg+xml", Picture.text),
        ]
        for asset in assets {
            let tag = "\"" + SigningKey.base64URL(Data(SHA256.hash(data: Data(asset.text.utf8))).prefix(12)) + "\""
            var headers = Response.pageHeaders
            headers[.contentType] = asset.type
            headers[.cacheControl] = "no-cache"
            headers[.eTag] = tag
            let known = headers
            router.get(RouterPath(asset.path)) { request, _ in
                if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: known) }
                return Response(
                    status: .ok, headers: known, body: ResponseBody(byteBuffer: ByteBuffer(string: asset.text)))
            }
        }
    }
}

/// The sign of Weir: a river that a gate lets through.
enum Picture {
    static let text = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none">
        <rect width="32" height="32" rx="8" fill="#0f6e6e"/>
        <path d="M5 12c3.5 0 3.5-3 7-3s3.5 3 7 3 3.5-3 7-3" stroke="#bfeeea" stroke-width="2.4" stroke-linecap="round"/>
        <path d="M5 18c3.5 0 3.5-3 7-3s3.5 3 7 3 3.5-3 7-3" stroke="#7fd6cf" stroke-width="2.4" stroke-linecap="round"/>
        <path d="M5 24c3.5 0 3.5-3 7-3s3.5 3 7 3 3.5-3 7-3" stroke="#3fb5ad" stroke-width="2.4" stroke-linecap="round"/>
        <path d="M16 5v22" stroke="#f4fbfa" stroke-width="2.4" stroke-linecap="round"/>
        </svg>
        """
}
