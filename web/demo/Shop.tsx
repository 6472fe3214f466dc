// The page of the invented shop that the widget is shown on.
import { choose, language } from "./language";
import { type Product, products } from "./products";
import { type Text, text } from "./text";

/** An article is found by its file in knowledge_base/. */
const article = (topic: string) => `/help/${language.value}/${topic}.md`;
const articles = () => `/help?lang=${language.value}`;

function openChat(): void {
  document.querySelector<HTMLElement & { open(): void }>("yorisoi-chat")?.open();
}

function Header({ words }: { words: Text }) {
  return (
    <header>
      <p class="notice">{words.notice}</p>
      <div class="bar wide">
        <a class="brand" href="/">
          <img src="/demo/leaf.svg" alt="" width="36" height="36" />
          <span>
            <b>{words.shop}</b>
            <small>{words.tagline}</small>
          </span>
        </a>
        <div class="tools">
          <a href={articles()}>{words.help}</a>
          <button
            lang={language.value === "ja" ? "en" : "ja"}
            aria-label={words.otherLabel}
            onClick={() => choose(language.value === "ja" ? "en" : "ja")}
            data-testid="shop-language"
          >
            {words.other}
          </button>
        </div>
      </div>
      <nav class="wide" aria-label={words.navLabel}>
        {words.nav.map((each) => (
          <a key={each} href="#products">
            {each}
          </a>
        ))}
      </nav>
    </header>
  );
}

function Hero({ words }: { words: Text }) {
  return (
    <section class="hero wide">
      <div class="hero-words">
        <h1>
          {words.headline.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </h1>
        <p>{words.lead}</p>
        <p class="hero-actions">
          <a class="solid" href="#products">
            {words.browse}
          </a>
          <button class="ghost" onClick={openChat} data-testid="shop-ask">
            {words.ask}
          </button>
        </p>
      </div>
      <img src="/demo/img/hero.svg" alt="" width="760" height="560" />
    </section>
  );
}

function Card({ product, words }: { product: Product; words: Text }) {
  return (
    <li class="card">
      <div class="picture">
        <img src={`/demo/img/${product.picture}.svg`} alt="" width="400" height="400" loading="lazy" />
        {product.isNew && <span class="new">{words.isNew}</span>}
      </div>
      <h3>{product.name[language.value]}</h3>
      <p class="note">{product.note[language.value]}</p>
      <p class="price">
        ¥{product.price.toLocaleString("ja")} <small>{words.tax}</small>
      </p>
    </li>
  );
}

function Promises({ words }: { words: Text }) {
  return (
    <section class="promises">
      <ul class="wide">
        {words.promises.map((promise) => (
          <li key={promise.title}>
            <h3>{promise.title}</h3>
            <p>{promise.words}</p>
            {promise.topic ? <a href={article(promise.topic)}>{words.more}</a> : <button onClick={openChat}>{words.ask}</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Footer({ words }: { words: Text }) {
  return (
    <footer>
      <div class="wide footer">
        <nav aria-label={words.helpTitle}>
          <h2>{words.helpTitle}</h2>
          <ul>
            {words.helpLinks.map((link) => (
              <li key={link.topic}>
                <a href={article(link.topic)}>{link.label}</a>
              </li>
            ))}
            <li>
              <a href={articles()}>{words.allArticles}</a>
            </li>
          </ul>
        </nav>
        <section>
          <h2>{words.shopTitle}</h2>
          <p>{words.about}</p>
          <p>
            <a href="/console">{words.console}</a>
          </p>
        </section>
      </div>
    </footer>
  );
}

export function Shop() {
  const words = text[language.value];
  return (
    <>
      <Header words={words} />
      <main>
        <Hero words={words} />
        <section class="wide" id="products">
          <h2>{words.season}</h2>
          <p class="note">{words.seasonLead}</p>
          <ul class="cards">
            {products.map((product) => (
              <Card key={product.picture} product={product} words={words} />
            ))}
          </ul>
        </section>
        <Promises words={words} />
      </main>
      <Footer words={words} />
    </>
  );
}
