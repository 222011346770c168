/// The page that asks for name and password.
struct SignInPage: Sendable {
    static let name = "signin"

    var layout: Layout
    /// Where to go afterwards.
    var next: String
    var userName: String
    var error: String?
    var notice: String?

    static let template = """
        {{<layout}}{{$content}}
        <form method="post" action="/signin" class="card signin">
          <img src="/assets/weir.svg" alt="" width="56" height="56">
          <h1>Sign in to Weir</h1>
          {{#notice}}<p class="notice" role="status">{{notice}}</p>{{/notice}}
          {{#error}}<p class="notice bad" role="alert">{{error}}</p>{{/error}}
          <input type="hidden" name="formToken" value="{{layout.formToken}}">
          <input type="hidden" name="next" value="{{next}}">
          <label for="user">User name</label>
          <input id="user" name="user" value="{{userName}}" autocomplete="username" autocapitalize="none" required autofocus>
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required>
          <button class="primary">Sign in</button>
        </form>
        {{/content}}{{/layout}}
        """
}
