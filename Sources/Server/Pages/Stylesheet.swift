/// The look of all pages, light and dark, from 360 px up.
enum Stylesheet {
    static let text = #"""
        :root {
          color-scheme: light dark;
          --ground: #f4f6f5; --surface: #ffffff; --raised: #fbfcfc; --line: #dde4e2; --ink: #17211f; --soft: #566562;
          --accent: #0f6e6e; --accent-ink: #ffffff; --wash: #e3f1ef;
          --good: #1d6f42; --good-wash: #e2f3e8; --busy: #155e9c; --busy-wash: #e1eefa;
          --held: #8a5300; --held-wash: #fcf0d9; --bad: #a8262b; --bad-wash: #fbe6e5; --calm-wash: #eaefed;
          --shadow: 0 1px 2px rgb(20 40 38 / .05), 0 4px 16px rgb(20 40 38 / .04);
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0f1615; --surface: #17201f; --raised: #1b2624; --line: #2a3836; --ink: #e6eeec; --soft: #9bb0ac;
            --accent: #5cc6be; --accent-ink: #06201e; --wash: #17302d;
            --good: #7ed3a0; --good-wash: #16301f; --busy: #86bff2; --busy-wash: #142a3d;
            --held: #f0c173; --held-wash: #362a12; --bad: #f59a97; --bad-wash: #3c1b1c; --calm-wash: #22302e;
            --shadow: none;
          }
        }
        * { box-sizing: border-box; }
        html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        body { margin: 0; background: var(--ground); color: var(--ink); display: grid; grid-template-columns: 15rem 1fr; min-height: 100vh; }
        body.plain { display: block; }
        h1 { font-size: 1.6rem; line-height: 1.25; letter-spacing: -.015em; margin: 0 0 .25rem; font-weight: 650; }
        h1 .badge { vertical-align: .22em; margin-left: .35rem; letter-spacing: 0; }
        h2 { font-size: 1.02rem; margin: 1.75rem 0 .6rem; font-weight: 650; }
        p { margin: .4rem 0; }
        a { color: var(--accent); text-decoration-thickness: .06em; text-underline-offset: .16em; }
        a:hover { text-decoration-thickness: .12em; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
        main:focus { outline: none; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -999px; top: .5rem; background: var(--accent); color: var(--accent-ink); padding: .5rem 1rem; border-radius: 8px; z-index: 2; }
        .skip:focus { left: .5rem; }
        .sub { color: var(--soft); font-size: .86rem; overflow-wrap: anywhere; }
        .mono { font-family: var(--mono); font-size: .82rem; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }

        .side { background: var(--surface); border-right: 1px solid var(--line); padding: 1.1rem .85rem; position: sticky; top: 0; height: 100vh; display: flex; flex-direction: column; gap: .75rem; }
        .brand { display: flex; align-items: center; gap: .6rem; font-weight: 700; font-size: 1.15rem; color: inherit; text-decoration: none; padding: 0 .5rem; letter-spacing: -.01em; }
        .menu-open, .menu-button { display: none; }
        .side nav { display: flex; flex-direction: column; flex: 1; min-height: 0; overflow-y: auto; }
        .side nav h2 { font-size: .72rem; text-transform: uppercase; letter-spacing: .07em; color: var(--soft); margin: 1rem .6rem .3rem; }
        .side ul { list-style: none; margin: 0; padding: 0; }
        .side li a { display: block; padding: .4rem .6rem; border-radius: 8px; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
        .side li a:hover { background: var(--calm-wash); }
        .side li a[aria-current] { background: var(--wash); color: var(--accent); font-weight: 600; }
        .who { margin-top: auto; padding: .9rem .6rem 0; border-top: 1px solid var(--line); display: flex; align-items: center; justify-content: space-between; gap: .5rem; }
        .user { font-weight: 600; overflow-wrap: anywhere; }

        main { padding: 2rem clamp(1rem, 3vw, 2.75rem) 4rem; max-width: 76rem; width: 100%; min-width: 0; }
        .head { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; justify-content: space-between; margin-bottom: 1rem; }
        .head h2 { margin: 0; }
        .verification { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; } .verification p { margin: 0; flex: 1 1 20rem; }
        .crumbs { font-size: .86rem; margin-bottom: .35rem; color: var(--soft); }
        .crumbs a { color: inherit; }
        .card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); padding: 1rem 1.15rem; }
        .card + .card { margin-top: .75rem; }
        .card > h2:first-child { margin-top: 0; }
        .scroll { overflow-x: auto; }
        .card.scroll { padding: 0; }

        button, .button { font: inherit; font-weight: 600; font-size: .92rem; padding: .42rem .9rem; border-radius: 8px; border: 1px solid var(--line); background: var(--raised); color: inherit; cursor: pointer; text-decoration: none; display: inline-block; }
        button:hover, .button:hover { border-color: var(--accent); }
        button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
        button.primary:hover { filter: brightness(1.08); }
        button.danger { color: var(--bad); border-color: currentColor; background: transparent; }
        button.quiet { background: transparent; border-color: transparent; color: var(--soft); padding: .3rem .5rem; }
        button.quiet:hover { color: inherit; border-color: var(--line); }
        button[aria-busy] { opacity: .6; cursor: progress; }
        input, select { font: inherit; padding: .45rem .7rem; border-radius: 8px; border: 1px solid var(--line); background: var(--surface); color: inherit; width: 100%; min-width: 0; }
        select { width: auto; max-width: 100%; }
        input::placeholder { color: var(--soft); opacity: 1; }
        label { font-weight: 600; font-size: .9rem; }
        .search { display: flex; gap: .5rem; width: min(24rem, 100%); }

        table { border-collapse: collapse; width: 100%; font-size: .94rem; }
        th, td { text-align: left; padding: .62rem 1.15rem; border-top: 1px solid var(--line); vertical-align: middle; }
        thead th { border-top: 0; color: var(--soft); font-size: .78rem; font-weight: 600; background: var(--raised); white-space: nowrap; }
        thead th.number { text-align: right; }
        tbody tr:hover { background: var(--raised); }
        tbody th { font-weight: 600; }
        tbody th a { text-decoration: none; }
        tbody th a:hover { text-decoration: underline; }
        th .sub, td .sub { display: block; font-weight: 400; }
        td.actions { text-align: right; white-space: nowrap; }
        tbody th time, td[data-label="Took"] { white-space: nowrap; }
        td[data-label="Message"] { overflow-wrap: anywhere; min-width: 14rem; } .clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
        td.empty { text-align: center; color: var(--soft); padding: 2rem; }
        table.plain { margin: .5rem 0; } table.plain th, table.plain td { padding: .35rem .75rem .35rem 0; } table.plain tbody tr:hover { background: none; } table.plain thead th { background: transparent; }
        table.grid td, table.grid th { padding-block: .48rem; white-space: nowrap; max-width: 20rem; overflow: hidden; text-overflow: ellipsis; }
        .bare { text-decoration: none; }

        .badge { display: inline-flex; align-items: center; gap: .42em; border-radius: 99px; padding: .14rem .68rem; font-size: .82rem; font-weight: 600; white-space: nowrap; background: var(--calm-wash); color: var(--soft); }
        .badge::before, .dot { content: ""; width: .5em; height: .5em; border-radius: 50%; background: currentColor; display: inline-block; }
        .badge.good { background: var(--good-wash); color: var(--good); } .dot.good { color: var(--good); margin-right: .6em; }
        .badge.busy { background: var(--busy-wash); color: var(--busy); } .badge.busy::before { animation: pulse 1.4s ease-in-out infinite; }
        .badge.held { background: var(--held-wash); color: var(--held); }
        .badge.plan { background: var(--busy-wash); color: var(--busy); }
        .badge.bad { background: var(--bad-wash); color: var(--bad); }
        @keyframes pulse { 50% { opacity: .25; } }
        @media (prefers-reduced-motion: reduce) { .badge.busy::before { animation: none; } }

        .notice { background: var(--wash); border-radius: 8px; padding: .55rem .85rem; overflow-wrap: anywhere; }
        .notice.bad { background: var(--bad-wash); color: var(--bad); }
        .attention { display: flex; gap: 1rem; align-items: center; color: inherit; text-decoration: none; flex-wrap: wrap; }
        .attention:hover, .tile:hover { border-color: var(--accent); }
        .grow { flex: 1 1 12rem; min-width: 0; } .grow .sub { display: block; overflow-wrap: anywhere; }
        .attention .grow .sub { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .75rem; }
        .tiles .card { margin: 0; }
        .tile { color: inherit; text-decoration: none; } .tile .sub { display: block; margin-top: .15rem; }

        .facts { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: center; }
        .levels { list-style: none; margin: 1rem 0 0; padding: 0; }
        .levels > li { position: relative; padding-left: 1.6rem; margin-bottom: .8rem; }
        .levels > li::before { content: ""; position: absolute; left: .3rem; top: .45rem; width: .7rem; height: .7rem; border-radius: 50%; border: 2px solid var(--accent); background: var(--ground); }
        .levels > li.good::before { background: var(--good); border-color: var(--good); } .levels > li.busy::before { background: var(--busy); border-color: var(--busy); }
        .levels > li.held::before { background: var(--held); border-color: var(--held); } .levels > li.bad::before { background: var(--bad); border-color: var(--bad); }
        .levels > li.calm::before { border-color: var(--line); }
        .levels > li:not(:last-child)::after { content: ""; position: absolute; left: .68rem; top: 1.3rem; bottom: -1.1rem; width: 2px; background: var(--line); }
        .level { margin: 0 0 .35rem; font-size: .8rem; color: var(--soft); font-weight: 600; }
        .task { padding: .7rem 1rem; } .task.busy { border-color: var(--busy); }
        .task + .task { margin-top: .45rem; }
        .row { display: flex; gap: .9rem; align-items: center; flex-wrap: wrap; } 
        .progress { margin: .5rem 0 .2rem; display: grid; gap: .25rem; }
        progress { width: 100%; height: .5rem; border: 0; border-radius: 99px; overflow: hidden; background: var(--calm-wash); accent-color: var(--busy); }
        progress::-webkit-progress-bar { background: var(--calm-wash); } progress::-webkit-progress-value { background: var(--busy); border-radius: 99px; transition: width .3s; }
        progress::-moz-progress-bar { background: var(--busy); }
        .counters { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .3rem 0 0; font-size: .86rem; }
        .counters div { display: flex; gap: .4em; } .counters dt { color: var(--soft); } .counters dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
        .log { list-style: none; margin: 0; font-family: var(--mono); font-size: .8rem; line-height: 1.7; overflow-x: auto; }
        .log li { overflow-wrap: anywhere; } .log time { color: var(--soft); } .log .sub { font-size: inherit; }

        section.held { border-color: var(--held); border-left-width: 4px; margin-bottom: 1.25rem; }
        section.held h2 { color: var(--held); }
        .violations { margin: 0 0 .75rem; padding-left: 1.2rem; }
        .decide { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: end; justify-content: space-between; border-top: 1px solid var(--line); margin-top: .9rem; padding-top: .9rem; }
        .decide form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; } .decide input { width: 15rem; }
        .changes { list-style: none; margin: .5rem 0; padding: 0; }
        .changes > li { padding: .55rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
        .op, .why { display: inline-block; min-width: 4.2rem; text-align: center; border-radius: 6px; font-size: .76rem; font-weight: 700; padding: .08rem .5rem; background: var(--calm-wash); }
        .op.insert, .why.insert { background: var(--good-wash); color: var(--good); } .op.update, .why.update { background: var(--busy-wash); color: var(--busy); } .op.delete, .why.delete { background: var(--bad-wash); color: var(--bad); }
        .why { min-width: 0; font-weight: 600; }
        .causes { list-style: none; margin: .3rem 0 .6rem; padding: 0; display: grid; gap: .5rem; }
        .causes li { overflow-wrap: anywhere; } .causes a { margin-right: .8em; } .causes .sub { display: block; max-width: 46rem; }
        .session-facts { display: flex; flex-wrap: wrap; gap: .35rem 1.6rem; margin: 1rem 0; font-size: .86rem; }
        .session-facts div { display: flex; gap: .5em; min-width: 0; } .session-facts dt { color: var(--soft); white-space: nowrap; } .session-facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
        .change-filter { display: flex; flex-wrap: wrap; gap: .6rem .9rem; align-items: end; margin: .25rem 0 1rem; }
        .change-filter label { display: grid; gap: .15rem; font-size: .8rem; color: var(--soft); min-width: 0; } .change-filter input { width: 12rem; }
        .verdict { white-space: normal; }
        .values { margin: .3rem 0 0 4.9rem; font-size: .86rem; display: grid; gap: .1rem; }
        .values div { display: flex; flex-wrap: wrap; gap: .1rem .6rem; } .values dt { color: var(--soft); min-width: 9rem; } .values dd { margin: 0; white-space: pre-wrap; }
        .values.whole { display: flex; flex-wrap: wrap; gap: .05rem 1.1rem; margin-left: 4.9rem; } .values.whole div { gap: .4rem; } .values.whole dt { min-width: 0; }
        h3 { font-size: .92rem; margin: 1.1rem 0 .3rem; }
        .notice { white-space: pre-line; }
        del { color: var(--bad); text-decoration-thickness: .08em; } ins { color: var(--good); text-decoration: none; }
        .quarantine.card { padding: .35rem 1.15rem; } .quarantine > li:first-child { border-top: 0; } .bad-text { color: var(--bad); font-weight: 600; }
        .raw { font-family: var(--mono); font-size: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; margin: .35rem 0; max-height: 14rem; overflow-y: auto; }
        .notice.kept { background: var(--held-wash); } .badge[title] { cursor: help; }
        .filters:empty { display: none; }
        .filters { display: flex; flex-wrap: wrap; gap: .4rem; margin: .25rem 0 .75rem; }
        .filters a { padding: .22rem .75rem; border-radius: 99px; border: 1px solid var(--line); font-size: .85rem; text-decoration: none; color: inherit; background: var(--surface); }
        .filters a[aria-current] { background: var(--wash); border-color: var(--accent); color: var(--accent); font-weight: 600; }

        .columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: .75rem; margin-top: 1rem; align-items: start; }
        .properties { margin: 0; } .properties div { display: grid; grid-template-columns: minmax(7rem, 2fr) 3fr; gap: .25rem 1rem; padding: .45rem 0; border-top: 1px solid var(--line); }
        .properties div:first-child { border-top: 0; }
        .properties dt { color: var(--soft); overflow-wrap: anywhere; } .properties dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
        .links { list-style: none; margin: 0; padding: 0; } .links li { padding: .3rem 0; overflow-wrap: anywhere; }
        .pager { display: flex; gap: .5rem; margin-top: 1rem; }
        .signin { width: min(23rem, calc(100vw - 2rem)); margin: 12vh auto 0; padding: 2rem; display: grid; gap: .55rem; }
        .signin img { margin-bottom: .35rem; } .signin h1 { margin-bottom: .5rem; } .signin button { margin-top: .8rem; padding: .6rem; }
        body.plain main { max-width: none; padding: 1rem; }
        .message { max-width: 40rem; } body.plain .message { margin: 12vh auto 0; }
        .calm-note { display: flex; align-items: center; }
        .held-run { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; }

        @media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
        @media (max-width: 48rem) {
          body { display: block; }
          .side { position: static; height: auto; flex-direction: row; flex-wrap: wrap; align-items: center; justify-content: space-between; border-right: 0; border-bottom: 1px solid var(--line); padding: .7rem 1rem; }
          .menu-button { display: block; padding: .35rem .8rem; border: 1px solid var(--line); border-radius: 8px; font-weight: 600; font-size: .9rem; cursor: pointer; }
          .menu-open { display: block; position: absolute; opacity: 0; width: 1px; height: 1px; }
          .menu-open:focus-visible + .menu-button { outline: 3px solid var(--accent); outline-offset: 2px; }
          .side nav { display: none; flex-basis: 100%; } .menu-open:checked ~ nav { display: flex; }
          main { padding: 1.25rem 1rem 3rem; }
          table, tbody, tr, th, td { display: block; } thead { display: none; }
          tr { border-top: 1px solid var(--line); padding: .7rem 1rem; } tbody tr:first-child { border-top: 0; }
          th, td { border: 0; padding: .12rem 0; } td.actions { text-align: left; padding-top: .5rem; } td.number { text-align: left; }
          td[data-label] { position: relative; padding-left: 7rem; min-height: 1.5em; overflow-wrap: anywhere; }
          td[data-label]::before { content: attr(data-label); color: var(--soft); font-size: .8rem; position: absolute; left: 0; top: .25rem; max-width: 6.5rem; }
          table.grid td, table.grid th { white-space: normal; max-width: none; padding-block: .12rem; }
          table.plain th, table.plain td { padding: .12rem 0; } table.plain td[data-label] { padding-left: 7rem; } table.plain tr { padding: .5rem 0; } td[data-label]:empty { display: none; }
          .values, .values.whole { margin-left: 0; } .values dt { min-width: 6rem; }
          .properties div { grid-template-columns: 1fr; gap: 0; }
          .decide input { width: 100%; } .search { width: 100%; }
        }
        """#
}
