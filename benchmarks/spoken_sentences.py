"""Everyday sentences for the voices, ten per language, written for this benchmark."""

SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "The children are playing in the garden behind the house.",
        "Please remind me to buy some bread and butter on the way home.",
        "The weather will be warm tomorrow, with a little rain in the evening.",
        "Our train leaves the station in about twenty minutes.",
        "She has worked at the same hospital for more than ten years.",
        "Could you tell me where the nearest post office is?",
        "They painted the kitchen yellow and the bedroom blue.",
        "I forgot my umbrella at the restaurant last night.",
        "The museum is closed on Mondays, but the park is open every day.",
        "We should leave early, because the road along the coast is slow.",
    ),
    "es": (
        "Los niños juegan en el jardín detrás de la casa.",
        "Mañana por la mañana iremos al mercado a comprar fruta fresca.",
        "El tren sale de la estación dentro de veinte minutos.",
        "Mi hermana trabaja en un hospital muy grande.",
        "¿Puede decirme dónde está la oficina de correos?",
        "Anoche olvidé mi paraguas en el restaurante.",
        "El museo está cerrado los lunes, pero el parque abre todos los días.",
        "Hace mucho calor y no tenemos agua en la nevera.",
        "Mis padres viven en un pueblo pequeño cerca del mar.",
        "Tenemos que salir temprano porque la carretera es lenta.",
    ),
    "fr": (
        "Les enfants jouent dans le jardin derrière la maison.",
        "Demain matin, nous irons au marché pour acheter des fruits.",
        "Le train part de la gare dans vingt minutes.",
        "Je travaille dans un grand hôpital depuis dix ans.",
        "Pouvez-vous me dire où se trouve la poste ?",
        "Hier soir, j'ai oublié mon parapluie au restaurant.",
        "Le musée est fermé le lundi, mais le parc est ouvert tous les jours.",
        "Il fait très chaud et nous n'avons plus d'eau.",
        "Mes parents habitent dans un petit village près de la mer.",
        "Nous devons partir tôt parce que la route est longue.",
    ),
    "it": (
        "I bambini giocano nel giardino dietro la casa.",
        "Domani mattina andremo al mercato a comprare la frutta.",
        "Il treno parte dalla stazione fra venti minuti.",
        "Mio fratello lavora in un grande ospedale.",
        "Può dirmi dove si trova l'ufficio postale?",
        "Ieri sera ho dimenticato l'ombrello al ristorante.",
        "Il museo è chiuso il lunedì, ma il parco è aperto tutti i giorni.",
        "Fa molto caldo e non abbiamo acqua in frigorifero.",
        "I miei genitori abitano in un piccolo paese vicino al mare.",
        "Dobbiamo partire presto perché la strada è lunga.",
    ),
    "pt": (
        "As crianças brincam no jardim atrás da casa.",
        "Amanhã de manhã vamos ao mercado comprar frutas frescas.",
        "O trem sai da estação em vinte minutos.",
        "Minha irmã trabalha em um hospital muito grande.",
        "Você pode me dizer onde fica o correio?",
        "Ontem à noite esqueci meu guarda-chuva no restaurante.",
        "O museu fecha na segunda-feira, mas o parque abre todos os dias.",
        "Está muito quente e não temos água na geladeira.",
        "Meus pais moram em uma cidade pequena perto do mar.",
        "Precisamos sair cedo porque a estrada é longa.",
    ),
    "de": (
        "Die Kinder spielen im Garten hinter dem Haus.",
        "Morgen früh gehen wir auf den Markt und kaufen Obst.",
        "Der Zug fährt in zwanzig Minuten vom Bahnhof ab.",
        "Meine Schwester arbeitet in einem großen Krankenhaus.",
        "Können Sie mir sagen, wo die Post ist?",
        "Gestern Abend habe ich meinen Schirm im Restaurant vergessen.",
        "Das Museum ist am Montag geschlossen.",
        "Es ist sehr heiß und wir haben kein Wasser mehr.",
        "Meine Eltern wohnen in einem kleinen Dorf am Meer.",
        "Wir müssen früh losfahren, weil die Straße lang ist.",
    ),
}

PARAGRAPH = (
    "The train to the coast leaves at seven. It is a quiet journey along the river. "
    "We will have breakfast on the way. My sister is waiting for us there. "
    "In the evening we come back with the last bus."
)
